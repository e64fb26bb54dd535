import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { formatLogLine } from './log-format.ts'
import { rotateIfLarge } from './log-rotation.ts'
import { type LogOptions, type LogSource, readLog } from './logs.ts'
import { MemoryFiles } from './memory-files.ts'
import type { Runtime } from './runtime/runtime.ts'

const path = '/logs/0.log'
const startMs = Date.UTC(2030, 0, 1)

async function logOf(lines: readonly string[]): Promise<MemoryFiles> {
  const files = new MemoryFiles()
  await files.makeDirectory('/logs')
  await files.write(path, new Uint8Array())
  for (const [i, line] of lines.entries()) await files.append(path, formatLogLine(startMs + i * 1000, 'stdout', line))
  return files
}

const ended = (files: MemoryFiles): LogSource => ({
  files,
  path,
  isRunning: () => false,
  onChange: () => () => {},
  signal: new AbortController().signal,
})

async function read(files: MemoryFiles, options: LogOptions): Promise<string> {
  let text = ''
  for await (const bytes of readLog(ended(files), options)) text += Buffer.from(bytes)
  return text
}

test('readLog() gives what was asked for', async () => {
  const files = await logOf(['one', 'two', 'three'])
  const cases: [LogOptions, string][] = [
    [{}, 'one\ntwo\nthree\n'],
    [{ tailLines: 2 }, 'two\nthree\n'],
    [{ tailLines: 0 }, ''],
    [{ tailLines: 9 }, 'one\ntwo\nthree\n'],
    [{ limitBytes: 5 }, 'one\nt'],
    [{ sinceMs: startMs + 1500 }, 'three\n'],
    [{ tailLines: 1, timestamps: true }, '2030-01-01T00:00:02.000000000Z three\n'],
    [{ stream: 'stderr' }, ''],
  ]
  for (const [options, expected] of cases) assert.equal(await read(files, options), expected)
})

test('readLog() joins the parts of a long line under one time', async () => {
  const files = await logOf([])
  const time = '2030-01-01T00:00:00.000000000Z'
  await files.write(path, Buffer.from(`${time} stdout P one \n${time} stdout F two\n`))
  assert.equal(await read(files, { timestamps: true }), `${time} one two\n`)
})

test('readLog() finds the last lines of a log of many chunks', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} ${'x'.repeat(40)}`)
  const files = await logOf(lines)
  assert.equal(await read(files, { tailLines: 3000 }), `${lines.slice(-3000).join('\n')}\n`)
})

test('readLog() gives what is there when it is asked, though the log grows meanwhile', async () => {
  const files = await logOf(['one', 'two'])
  const open = files.open.bind(files)
  files.open = async (name) => {
    const file = await open(name)
    return (
      file && {
        stat: () => file.stat(),
        read: async (offset, length) => {
          await files.append(path, formatLogLine(startMs + 9000, 'stdout', 'late'))
          return file.read(offset, length)
        },
        close: () => file.close(),
      }
    )
  }
  assert.equal(await read(files, { tailLines: 1 }), 'two\n')
  assert.match(await read(files, {}), /^one\ntwo\n(late\n)+$/)
})

test('a log that is not there is empty', async () => {
  assert.equal(await read(new MemoryFiles(), {}), '')
})

test('readLog() follows over a rotation until the container has ended', async () => {
  const files = await logOf(['one'])
  let running = true
  let tell = () => {}
  const source: LogSource = {
    ...ended(files),
    isRunning: () => running,
    onChange: (changed) => {
      tell = changed
      return () => {}
    },
  }
  const seen: string[] = []
  const reading = (async () => {
    for await (const bytes of readLog(source, { follow: true })) seen.push(Buffer.from(bytes).toString())
  })()
  await settle()
  await files.append(path, formatLogLine(startMs, 'stdout', 'two'))
  await settle()
  await files.rename(path, `${path}.old`)
  await files.append(`${path}.old`, formatLogLine(startMs, 'stdout', 'late'))
  await files.write(path, formatLogLine(startMs, 'stdout', 'three'))
  await settle()
  assert.equal(seen.join(''), 'one\ntwo\nlate\nthree\n')
  running = false
  tell()
  await reading
  assert.equal(seen.join(''), 'one\ntwo\nlate\nthree\n')
})

test('a log over its limit is put aside, and only so many are kept', async () => {
  const files = await logOf(['x'.repeat(100)])
  const clock = new VirtualClock()
  const runtime = { reopenLog: () => files.write(path, Buffer.alloc(200)) } as unknown as Runtime
  const { signal } = new AbortController()
  const options = {
    runtime,
    files,
    clock,
    log: silentLog,
    maxSizeBytes: 100,
    maxFiles: 3,
    containers: () => [],
    signal,
  }
  for (let i = 0; i < 4; i++) {
    assert.equal(await rotateIfLarge(options, 'id', path), true)
    await clock.advance(1000)
  }
  assert.deepEqual(await files.list('/logs'), ['0.log', '0.log.20300101-000002', '0.log.20300101-000003'])
  await files.write(path, Buffer.alloc(10))
  assert.equal(await rotateIfLarge(options, 'id', path), false)
})

test('a log whose runtime cannot begin a new one stays where it is', async () => {
  const files = await logOf(['x'.repeat(100)])
  const runtime = { reopenLog: () => Promise.reject(new Error('no')) } as unknown as Runtime
  const { signal } = new AbortController()
  const clock = new VirtualClock()
  const options = { runtime, files, clock, log: silentLog, maxSizeBytes: 1, maxFiles: 3, containers: () => [], signal }
  await assert.rejects(rotateIfLarge(options, 'id', path))
  assert.deepEqual(await files.list('/logs'), ['0.log'])
})
