import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageNameProblem } from './images.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

for (const good of [
  'busybox',
  'busybox:1.36',
  'a/b/c:v1',
  'localhost/x',
  'localhost:5000/x',
  'reg.io:443/a-b__c.d/e',
  'Host/x',
  `x@${digest}`,
  `reg.io/x:v1@${digest}`,
  '[::1]:5000/x',
])
  test(`imageNameProblem() has nothing to say about "${good}"`, () => assert.equal(imageNameProblem(good), undefined))

const bad: readonly [string, string][] = [
  ['', 'invalid reference format'],
  ['a b', 'invalid reference format'],
  ['x:', 'invalid reference format'],
  ['x:v1:v2', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['-x', 'invalid reference format'],
  ['x@sha256:12', 'invalid reference format'],
  ['Busybox', 'invalid reference format: repository name (library/Busybox) must be lowercase'],
  ['no/Such:v1', 'invalid reference format: repository name (no/Such) must be lowercase'],
]
for (const [image, problem] of bad)
  test(`imageNameProblem() refuses "${image}"`, () => assert.equal(imageNameProblem(image), problem))
