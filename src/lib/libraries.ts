// The libraries that are loaded when they are first needed, since many a server never needs them, and each of them
// costs a megabyte and some milliseconds of every start: regular expressions, protobuf, tokens, WebSockets.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

function onFirstUse<T>(load: () => T): () => T {
  let loaded: T | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}

export const re2 = onFirstUse(() => require('@bufbuild/re2') as typeof import('@bufbuild/re2'))
export const protobuf = onFirstUse(() => require('protobufjs/minimal.js') as typeof import('protobufjs/minimal.js'))
export const jose = onFirstUse(() => require('jose') as typeof import('jose'))
export const ws = onFirstUse(() => require('ws') as typeof import('ws'))
