import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCount, checkName, checkUrl, examples, UsageError, wrongUse } from './command.ts'

const isWrongUse = (error: unknown): boolean => error instanceof UsageError && error.exitCode === wrongUse

for (const name of ['a', 'pinnace', 'ci-7', '0', 'a'.repeat(32)]) {
  test(`"${name}" is a good cluster name`, () => assert.equal(checkName(name), name))
}

for (const name of ['', '-a', 'a-', 'A', 'a_b', 'a.b', 'a b', '../x', 'ä', 'a'.repeat(33)]) {
  test(`"${name}" is not a good cluster name`, () => assert.throws(() => checkName(name), isWrongUse))
}

for (const [text, expected] of [
  ['1', 1],
  ['50', 50],
  ['0', undefined],
  ['51', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['three', undefined],
  ['NaN', undefined],
] as const) {
  test(`checkCount() of "${text}", from 1 to 50, ${expected === undefined ? 'throws' : `is ${expected}`}`, () => {
    if (expected === undefined) assert.throws(() => checkCount(text, 1, 50), isWrongUse)
    else assert.equal(checkCount(text, 1, 50), expected)
  })
}

for (const [text, isGood] of [
  ['https://10.0.0.1:6443', true],
  ['https://[fd00::1]:6443', true],
  ['http://10.0.0.1:6443', false],
  ['10.0.0.1:6443', false],
  ['', false],
] as const) {
  test(`"${text}" is ${isGood ? 'a' : 'no'} URL of a server`, () => {
    if (isGood) assert.equal(checkUrl(text), text)
    else assert.throws(() => checkUrl(text), isWrongUse)
  })
}

test('examples() sets each command below what it is for', () => {
  const text = examples(['Start', 'pinnace up'], ['End', 'pinnace down'])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what is taken off here
  const plain = text.replace(/\x1b\[\d+m/g, '')
  assert.equal(plain, '\nExamples:\n  # Start\n  pinnace up\n\n  # End\n  pinnace down')
})
