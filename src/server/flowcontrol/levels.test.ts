import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '#lib/clock.ts'
import { dealHand } from './hand.ts'
import { type Level, type LevelConfig, Levels, type LevelTicket } from './levels.ts'

const queuing = { queues: 64, handSize: 6, queueLengthLimit: 50 }
const level = (name: string, nominal: number, more: Partial<LevelConfig['seats']> = {}): LevelConfig => ({
  name,
  exempt: false,
  seats: { nominal, lendable: 0, borrowable: 1000, ...more },
  queuing,
})

interface Asked extends LevelTicket {
  readonly flow: string
}

/** Levels with requests that last as long as they are told to. */
function world(...configs: readonly LevelConfig[]) {
  const clock = new VirtualClock()
  const levels = new Levels(clock)
  levels.configure(configs)
  const started: Asked[] = []
  const ask = (name: string, flow: string, width: Partial<LevelTicket['width']> = {}) => {
    const { queues, handSize } = levels.get(name)?.config.queuing ?? queuing
    const ticket: Asked = {
      flow,
      width: { seats: 1, finalSeats: 0, finalMs: 0, ...width },
      hand: dealHand(flow, queues, handSize),
      queue: undefined,
      arrival: 0,
      startedMs: 0,
      onStart: () => void started.push(ticket),
    }
    const outcome = levels.arrive(levels.get(name)!, ticket)
    if (outcome === 'started') started.push(ticket)
    return { ticket, outcome }
  }
  const finish = (name: string, ticket: Asked) => levels.finish(levels.get(name)!, ticket)
  return { clock, levels, started, ask, finish }
}

test('a hand is the same for the same flow, without a queue twice', () => {
  for (let i = 0; i < 200; i++) {
    const hand = dealHand(`flow-${i}`, 64, 6)
    assert.equal(new Set(hand).size, 6)
    assert.ok(hand.every((queue) => queue >= 0 && queue < 64))
    assert.deepEqual(dealHand(`flow-${i}`, 64, 6), hand)
  }
  assert.deepEqual([...dealHand('x', 3, 8)].sort(), [0, 1, 2])
  const seen = new Set(Array.from({ length: 500 }, (_, i) => dealHand(`${i}`, 64, 6)).flat())
  assert.equal(seen.size, 64)
})

test('requests that fit run at once, the others wait for their turn', () => {
  const { ask, finish, started, levels } = world(level('a', 2))
  const first = ask('a', 'x')
  assert.deepEqual([first.outcome, ask('a', 'x').outcome, ask('a', 'x').outcome], ['started', 'started', 'waits'])
  finish('a', first.ticket)
  assert.equal(started.length, 3)
  assert.equal(levels.get('a')?.fair.waiting, 0)
})

test('a level that does not queue refuses, and so does a full queue', () => {
  const short = { queues: 1, handSize: 1, queueLengthLimit: 1 }
  const { ask } = world(
    { ...level('a', 1), queuing: undefined },
    { ...level('b', 1, { borrowable: 0 }), queuing: short },
  )
  assert.equal(ask('a', 'x').outcome, 'started')
  assert.equal(ask('a', 'x').outcome, 'concurrency-limit')
  assert.deepEqual(
    [ask('b', 'x'), ask('b', 'x'), ask('b', 'x')].map(({ outcome }) => outcome),
    ['started', 'waits', 'queue-full'],
  )
})

test('the exempt level runs everything', () => {
  const { ask, finish } = world({ ...level('exempt', 0), exempt: true, queuing: undefined })
  const all = Array.from({ length: 500 }, () => ask('exempt', 'x'))
  assert.ok(all.every(({ outcome }) => outcome === 'started'))
  for (const { ticket } of all) finish('exempt', ticket)
})

test('an elephant does not starve ten mice', async () => {
  // Each request lasts 10 ms, four run at a time. The elephant always has 40 waiting, a mouse asks again whenever
  // it has been answered: each mouse wants one seat, and all are to get the same.
  const { clock, levels, ask, started } = world(level('a', 4, { borrowable: 0 }))
  const served = new Map<string, number>()
  const waits = new Map<string, number>()
  const askedAt = new Map<Asked, number>()
  const request = (flow: string) => {
    const { ticket, outcome } = ask('a', flow)
    if (outcome === 'started' || outcome === 'waits') askedAt.set(ticket, clock.monotonic())
    return outcome
  }
  let until = 0
  const feed = () => {
    while ((levels.get('a')?.fair.waiting ?? 0) < 60) if (request('elephant') === 'queue-full') break
  }
  const mice = Array.from({ length: 10 }, (_, i) => `mouse-${i}`)
  feed()
  for (const mouse of mice) request(mouse)
  const running: Asked[] = []
  for (; until < 4000; until++) {
    running.push(...started.splice(0))
    await clock.advance(10)
    for (const ticket of running.splice(0)) {
      levels.finish(levels.get('a')!, ticket)
      served.set(ticket.flow, (served.get(ticket.flow) ?? 0) + 1)
      const waited = clock.monotonic() - askedAt.get(ticket)!
      waits.set(ticket.flow, Math.max(waits.get(ticket.flow) ?? 0, waited))
      askedAt.delete(ticket)
      if (ticket.flow !== 'elephant') request(ticket.flow)
    }
    feed()
  }
  const total = [...served.values()].reduce((sum, n) => sum + n, 0)
  assert.equal(total, 4000 * 4)
  const counts = mice.map((mouse) => served.get(mouse) ?? 0)
  const mouseShare = counts.reduce((sum, n) => sum + n, 0) / total
  // The elephant has up to six queues, so sixteen share evenly: the mice get ten of them.
  assert.ok(mouseShare > 0.58, `mice got ${mouseShare}`)
  assert.ok(Math.min(...counts) > 0.75 * Math.max(...counts), `mice got ${counts}`)
  // Nobody waits longer than a few rounds: sixteen queues by four seats by 10 ms.
  for (const mouse of mice) assert.ok(waits.get(mouse)! <= 100, `${mouse} waited ${waits.get(mouse)} ms`)
})

test('a wide request is charged for its width', async () => {
  const { clock, levels, ask, started } = world(level('a', 4, { borrowable: 0 }))
  const served = new Map<string, number>()
  for (let i = 0; i < 20; i++) {
    ask('a', 'wide', { seats: 4 })
    ask('a', 'narrow')
  }
  for (let round = 0; round < 400; round++) {
    const running = started.splice(0)
    await clock.advance(10)
    for (const ticket of running) {
      levels.finish(levels.get('a')!, ticket)
      served.set(ticket.flow, (served.get(ticket.flow) ?? 0) + ticket.width.seats)
      ask('a', ticket.flow, ticket.width)
    }
  }
  const [wide, narrow] = [served.get('wide')!, served.get('narrow')!]
  assert.ok(narrow / wide > 0.6 && narrow / wide < 1.7, `seats for narrow ${narrow}, wide ${wide}`)
})

test('a level borrows what others lend, and they get it back first', () => {
  const { ask, finish, started, levels } = world(
    level('lender', 10, { lendable: 6, borrowable: 0 }),
    level('borrower', 10, { borrowable: 100 }),
  )
  const borrowed = Array.from({ length: 20 }, () => ask('borrower', 'x'))
  assert.equal(borrowed.filter(({ outcome }) => outcome === 'started').length, 16)
  const own = Array.from({ length: 6 }, () => ask('lender', 'y').outcome)
  assert.deepEqual(own, ['started', 'started', 'started', 'started', 'waits', 'waits'])
  const before = started.length
  finish('borrower', borrowed[0]!.ticket)
  finish('borrower', borrowed[1]!.ticket)
  assert.deepEqual(
    started.slice(before).map(({ flow }) => flow),
    ['y', 'y'],
  )
  assert.equal(levels.limitOf(levels.get('lender')!), 10 - (levels.get('borrower')!.inUse - 10))
})

test('borrowingLimitPercent bounds what is borrowed', () => {
  const { ask } = world(level('lender', 10, { lendable: 10 }), level('borrower', 10, { borrowable: 3 }))
  const outcomes = Array.from({ length: 20 }, () => ask('borrower', 'x').outcome)
  assert.equal(outcomes.filter((outcome) => outcome === 'started').length, 13)
})

test('a level whose seats are all lent still runs one request', () => {
  const { ask } = world(level('lender', 4, { lendable: 4 }), level('borrower', 1))
  for (let i = 0; i < 10; i++) ask('borrower', 'x')
  assert.equal(ask('lender', 'y').outcome, 'started')
  assert.equal(ask('lender', 'y').outcome, 'waits')
})

test('final seats stay occupied for their time, and wake whoever waits for them', async () => {
  const { clock, ask, finish, started } = world(level('a', 2, { borrowable: 0 }))
  const write = ask('a', 'x', { finalSeats: 2, finalMs: 5 })
  finish('a', write.ticket)
  assert.equal(clock.pendingTimers, 0)
  assert.equal(ask('a', 'y').outcome, 'waits')
  assert.equal(clock.pendingTimers, 1)
  await clock.advance(4)
  assert.equal(started.length, 1)
  await clock.advance(1)
  assert.equal(started.length, 2)
  assert.equal(clock.pendingTimers, 0)
})

test('who gives up leaves the queue, and lets the one behind go', () => {
  const one = { queues: 1, handSize: 1, queueLengthLimit: 50 }
  const { ask, levels, started } = world({ ...level('a', 2, { borrowable: 0 }), queuing: one })
  ask('a', 'x')
  const wide = ask('a', 'x', { seats: 2 })
  const behind = ask('a', 'x')
  assert.deepEqual([wide.outcome, behind.outcome], ['waits', 'waits'])
  levels.withdraw(levels.get('a')!, wide.ticket, 'cancelled')
  assert.ok(started.includes(behind.ticket))
  assert.equal(levels.get('a')?.refused.cancelled, 1)
})

test('a level that is no longer configured stays until its last request has ended', () => {
  const { ask, finish, levels } = world(level('a', 1, { borrowable: 0 }), level('b', 1))
  const first = ask('a', 'x')
  const second = ask('a', 'x')
  levels.configure([level('b', 1)])
  assert.equal(levels.get('a')?.isLeaving, true)
  finish('a', first.ticket)
  finish('a', second.ticket)
  assert.equal(levels.get('a'), undefined)
})

const step = fc.oneof(
  fc.record({
    type: fc.constant('ask' as const),
    level: fc.constantFrom('a', 'b', 'c'),
    flow: fc.nat(8),
    seats: fc.integer({ min: 1, max: 4 }),
    finalSeats: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ type: fc.constant('finish' as const), which: fc.nat(100) }),
  fc.record({ type: fc.constant('withdraw' as const), which: fc.nat(100) }),
  fc.record({ type: fc.constant('advance' as const), ms: fc.nat(20) }),
)

test('whatever happens: seats add up, limits hold, and in the end everybody has been served', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
      const { clock, levels, ask, started } = world(
        level('a', 3, { lendable: 1, borrowable: 2 }),
        level('b', 5, { lendable: 5 }),
        level('c', 2),
      )
      const waiting = new Map<Asked, string>()
      const running = new Map<Asked, string>()
      const look = () => {
        for (const ticket of started.splice(0)) {
          const name = waiting.get(ticket)
          assert.ok(name !== undefined)
          waiting.delete(ticket)
          running.set(ticket, name)
        }
        let inUse = 0
        for (const each of levels.all) {
          const own = [...running].filter(([, name]) => name === each.name)
          assert.equal(each.running, own.length)
          assert.equal(each.fair.waiting, [...waiting.values()].filter((name) => name === each.name).length)
          const inQueues = [...each.fair.queues].reduce((sum, queue) => sum + queue.seatsInUse, 0)
          assert.equal(each.inUse, inQueues)
          // One wide request alone may be wider than its level.
          if (own.length > 1) assert.ok(each.inUse <= each.most + 4)
          inUse += each.inUse
        }
        // Each level may run one request beyond what is there.
        assert.ok(inUse <= 10 + 3 * 4)
      }
      const finish = (ticket: Asked) => {
        const name = running.get(ticket)!
        running.delete(ticket)
        levels.finish(levels.get(name) as Level, ticket)
      }
      for (const each of steps) {
        if (each.type === 'ask') {
          const { ticket, outcome } = ask(each.level, `${each.flow}`, {
            seats: each.seats,
            finalSeats: each.finalSeats,
            finalMs: each.finalSeats * 2,
          })
          if (outcome === 'started' || outcome === 'waits') waiting.set(ticket, each.level)
        } else if (each.type === 'finish') {
          const ticket = [...running.keys()][each.which % Math.max(1, running.size)]
          if (ticket) finish(ticket)
        } else if (each.type === 'withdraw') {
          const entry = [...waiting][each.which % Math.max(1, waiting.size)]
          if (entry) {
            waiting.delete(entry[0])
            levels.withdraw(levels.get(entry[1]) as Level, entry[0], 'cancelled')
          }
        } else await clock.advance(each.ms)
        look()
      }
      for (let round = 0; round < 500 && running.size + waiting.size > 0; round++) {
        for (const ticket of [...running.keys()]) finish(ticket)
        await clock.advance(10)
        look()
      }
      assert.equal(running.size + waiting.size, 0)
      await clock.advance(10)
      ask('a', 'last')
      assert.deepEqual(
        [...levels.all].map(({ inUse }) => inUse),
        [1, 0, 0],
      )
    }),
    { numRuns: 300 },
  )
})
