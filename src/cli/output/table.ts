// Columns of text, as kubectl lines them up: three blanks between, nothing behind the last.

import { type Colour, paint } from './progress.ts'

export type Cell = string | { readonly text: string; readonly colour: Colour }

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text)

function render(cell: Cell, width: number, isColoured: boolean): string {
  const text = textOf(cell)
  const blanks = ' '.repeat(Math.max(0, width - text.length))
  return (typeof cell === 'string' ? text : paint(isColoured, cell.colour, text)) + blanks
}

export function table(header: readonly string[], rows: readonly (readonly Cell[])[], isColoured = false): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[column] ?? '').length)),
  )
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => render(cell, column === row.length - 1 ? 0 : widths[column]! + 3, isColoured))
        .join('')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
