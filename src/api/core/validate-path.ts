// Paths of files inside volumes and images: they must not lead out of where they belong.

import type { FieldErrors, Path } from '../field-errors.ts'

export function validateNoBacksteps(target: string, path: Path, errors: FieldErrors): void {
  if (target.split('/').includes('..')) errors.invalid(path, target, "must not contain '..'")
}

export function validateDescendingPath(target: string, path: Path, errors: FieldErrors): void {
  if (target.startsWith('/')) errors.invalid(path, target, 'must be a relative path')
  validateNoBacksteps(target, path, errors)
}

/** Names that start with two dots belong to the machinery that swaps a volume's contents. */
export function validateNonReservedPath(target: string, path: Path, errors: FieldErrors): void {
  validateDescendingPath(target, path, errors)
  if (target.startsWith('..') && !target.startsWith('../')) {
    errors.invalid(path, target, "must not start with '..'")
  }
}

export function validateFileMode(mode: number | undefined, path: Path, errors: FieldErrors): void {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return
  errors.invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
}
