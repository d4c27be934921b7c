import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { WorkerQueue } from './worker-queue.ts'

type Request = 'echo' | 'hang' | 'exit' | 'throw' | 'break'
interface Answer {
  readonly kind: 'echo' | 'broken'
  readonly worker: number
}

/** A worker that answers, hangs, exits, throws or reports itself broken, as it is told. */
const program = `
  const { parentPort, threadId } = require('node:worker_threads')
  parentPort.on('message', (request) => {
    if (request === 'echo') parentPort.postMessage({ kind: 'echo', worker: threadId })
    if (request === 'break') parentPort.postMessage({ kind: 'broken', worker: threadId })
    if (request === 'hang') for (;;) {}
    if (request === 'exit') process.exit(3)
    if (request === 'throw') throw new Error('lost')
  })
  parentPort.postMessage({ kind: 'ready' })
`
const queues: WorkerQueue<Request, Answer>[] = []
const openQueue = (source = program, idleMs = 60_000, askedBy: () => string | null = () => null) => {
  const started: Worker[] = []
  const start = () => {
    const worker = new Worker(source, { eval: true })
    started.push(worker)
    return worker
  }
  const queue = new WorkerQueue<Request, Answer>({
    start,
    timeoutMs: 300,
    isFatal: (answer) => answer.kind === 'broken',
    idleMs,
    askedBy,
  })
  queues.push(queue)
  return { queue, started }
}
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()))
})

describe('a worker that fails', () => {
  test.each<[Request, string]>([
    ['hang', 'timeout'],
    ['exit', 'died'],
    ['throw', 'died'],
    ['break', 'answer'],
  ])('over %s is replaced; only that request learns of it', async (bad, kind) => {
    const { queue, started } = openQueue()
    const [before, failed, after] = await Promise.all([queue.ask('echo'), queue.ask(bad), queue.ask('echo')])
    expect(before).toMatchObject({ kind: 'answer', answer: { kind: 'echo' } })
    expect(failed.kind).toBe(kind)
    expect(after).toMatchObject({ kind: 'answer', answer: { kind: 'echo' } })
    expect(started).toHaveLength(2)
  })

  test('twenty waiting requests all outlive three failures among them', async () => {
    const { queue } = openQueue()
    const requests = Array.from({ length: 23 }, (_, index): Request => (index % 8 === 5 ? 'exit' : 'echo'))
    const outcomes = await Promise.all(requests.map((request) => queue.ask(request)))
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(
      requests.map((request) => (request === 'echo' ? 'answer' : 'died')),
    )
  })

  test('before it is ready says why, and the next request tries again', async () => {
    const { queue, started } = openQueue("throw new Error('no parser here')")
    await expect(queue.ask('echo')).rejects.toThrow('no parser here')
    await expect(queue.ask('echo')).rejects.toThrow('no parser here')
    expect(started).toHaveLength(2)
  })
})

describe('a queue', () => {
  test('starts nothing before it is first asked', () => {
    const { started } = openQueue()
    expect(started).toEqual([])
  })

  test('that is warmed serves from the same worker', async () => {
    const { queue, started } = openQueue()
    await queue.warm()
    await queue.ask('echo')
    expect(started).toHaveLength(1)
  })

  test('ends a worker that nobody has asked for long, and starts another for the next request', async () => {
    const { queue, started } = openQueue(program, 50)
    await queue.ask('echo')
    await expect.poll(() => started[0]?.threadId, { message: 'its thread has ended' }).toBe(-1)
    expect(await queue.ask('echo')).toMatchObject({ kind: 'answer', answer: { kind: 'echo' } })
    expect(started).toHaveLength(2)
  })

  test('rejects what waits when it is closed, and whatever comes later', async () => {
    const { queue } = openQueue()
    const waiting = [queue.ask('hang'), queue.ask('echo')]
    const settled = Promise.allSettled(waiting)
    await queue.close()
    expect((await settled).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    await expect(queue.ask('echo')).rejects.toThrow('closed')
  })
})

describe('people take turns', () => {
  const openShared = () => {
    let person: string | null = null
    const { queue } = openQueue(program, 60_000, () => person)
    const served: string[] = []
    const ask = async (name: string): Promise<void> => {
      person = name.slice(0, 1)
      await queue.ask('echo')
      served.push(name)
    }
    return { ask, served }
  }

  test('whoever asks for much waits for it, and others wait for one request of theirs', async () => {
    const { ask, served } = openShared()
    await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1', 'b2', 'c1'].map(ask))
    expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', 'a5', 'a6'])
  })

  test('somebody who comes later is next, and gets no more than a turn for having been away', async () => {
    const { ask, served } = openShared()
    const later = ask('a1').then(() => Promise.all([ask('b1'), ask('b2'), ask('b3')]))
    await Promise.all([later, ask('a2'), ask('a3'), ask('a4')])
    expect(served).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4', 'b3'])
  })
})
