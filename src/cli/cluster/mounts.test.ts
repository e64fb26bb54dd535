import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mountsBelow } from './mounts.ts'

const line = (path: string): string => `36 35 98:0 / ${path} rw,noatime master:1 - tmpfs tmpfs rw`

test('mountsBelow() names what is below a folder, the newest first, with blanks restored', () => {
  const text = [line('/a/b'), line('/a/b/c\\040d'), line('/ab'), line('/'), ''].join('\n')
  assert.deepEqual(mountsBelow(text, '/a/b'), ['/a/b/c d', '/a/b'])
})
