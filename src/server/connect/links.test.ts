import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LinkWriter, throughProxy } from './links.ts'

const prefix = '/api/v1/namespaces/a/services/s/proxy'
const place = { prefix, behind: '10.0.0.2:8080', front: 'localhost:8001' }

describe('throughProxy()', () => {
  for (const [link, expected] of [
    ['/x?a=b#c', `${prefix}/x?a=b#c`],
    ['/', `${prefix}/`],
    ['x/y', 'x/y'],
    ['../x', '../x'],
    ['', ''],
    ['#top', '#top'],
    ['?q=1', '?q=1'],
    [`${prefix}/x`, `${prefix}/x`],
    ['http://10.0.0.2:8080/x', `${prefix}/x`],
    ['//10.0.0.2:8080/x/', `${prefix}/x/`],
    ['https://localhost:8001/x', `https://localhost:8001${prefix}/x`],
    ['http://10.0.0.2:9090/x', 'http://10.0.0.2:9090/x'],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
    ['mailto:a@b', 'mailto:a@b'],
    ['javascript:/x/', 'javascript:/x/'],
  ] as const)
    test(`"${link}" becomes "${expected}"`, () => assert.equal(throughProxy(link, place), expected))
})

describe('LinkWriter', () => {
  const mark = (link: string) => `[${link}]`
  const cases: readonly (readonly [string, string])[] = [
    ['plain < text & a > b', 'plain < text & a > b'],
    ['<a href="/x">x</a>', '<a href="[/x]">x</a>'],
    ["<A class=b HREF='/x' id=1>", "<A class=b HREF='[/x]' id=1>"],
    ['<img src=/x.png alt=">"/>', '<img src=[/x.png] alt=">"/>'],
    ['<link href = "/s.css" rel>', '<link href = "[/s.css]" rel>'],
    ['<video src="/v" poster="/p">', '<video src="[/v]" poster="[/p]">'],
    ['<p href="/x">', '<p href="/x">'],
    ['<a title="<a href=/x>">', '<a title="<a href=/x>">'],
    ['<!-- <a href="/x"> --><a href="/y">', '<!-- <a href="/x"> --><a href="[/y]">'],
    ['<!DOCTYPE html><base href="/">', '<!DOCTYPE html><base href="[/]">'],
    [
      '<script src="/s.js">"<a href=\'/x\'>"</script><a href=/y>',
      '<script src="[/s.js]">"<a href=\'/x\'>"</script><a href=[/y]>',
    ],
    ['<title><a href="/x"></TITLE ><a href="/y">', '<title><a href="/x"></TITLE ><a href="[/y]">'],
    ['<constructor href="/x">', '<constructor href="/x">'],
    ['<a href="/x', '<a href="/x'],
    ['<a href="/\xc3\xa4\xff">\x00', '<a href="[/\xc3\xa4\xff]">\x00'],
    ['a<', 'a<'],
    ['<!-', '<!-'],
  ]
  for (const [page, expected] of cases)
    for (const size of [1, 3, 1000])
      test(`of ${JSON.stringify(page)} in pieces of ${size}`, () => {
        const writer = new LinkWriter(mark)
        let written = ''
        for (let at = 0; at < page.length; at += size) written += writer.write(page.slice(at, at + size))
        assert.equal(written + writer.end(), expected)
      })

  test('does not hold what does not end', () => {
    const writer = new LinkWriter(mark)
    let written = 0
    const piece = 'x'.repeat(16_384)
    writer.write('<a title="')
    for (let i = 0; i < 64; i++) written += writer.write(piece).length
    assert.ok(written > 60 * piece.length)
    for (const begins of ['<!--', '<script>']) {
      const other = new LinkWriter(mark)
      other.write(begins)
      assert.ok(other.write(piece).length > piece.length - 20)
    }
  })
})
