import type { Worker } from 'node:worker_threads'

/** What became of a request: the worker's answer, or that it had to be stopped or died over it. */
export type Outcome<Answer> =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'timeout' } | { readonly kind: 'died' }

export interface WorkerQueue<Request, Answer> {
  /**
   * Rejects with the signal's reason once that is aborted: a request still waiting is taken back, one under way goes on until its deadline and
   * nobody hears its answer.
   */
  ask(request: Request, signal?: AbortSignal): Promise<Outcome<Answer>>
  /** Resolves once the worker is ready. */
  warm(): Promise<void>
  close(): Promise<void>
}

interface Job<Request, Answer> {
  /** Null asks for nothing but a worker that is ready. */
  readonly request: Request | null
  readonly resolve: (outcome: Outcome<Answer>) => void
  readonly reject: (error: Error) => void
}

interface Needs<Answer> {
  readonly start: () => Worker
  readonly timeoutMs: number
  /** Whether a worker that gave this answer is of no further use. */
  readonly isFatal: (answer: Answer) => boolean
}

/** How many times its deadline a request may take on a machine that is busy with other things. */
const patience = 8

/**
 * Requests to a worker, one at a time, each with a deadline that begins once the worker is ready. A worker that hangs, dies or breaks is replaced; only the
 * request it was busy with learns of it. Without a request under way the worker does not keep the process alive. A worker that cannot start rejects.
 */
export function makeWorkerQueue<Request, Answer>(needs: Needs<Answer>): WorkerQueue<Request, Answer> {
  const waiting: Job<Request, Answer>[] = []
  let worker: Worker | null = null
  let isReady = false
  let current: Job<Request, Answer> | null = null
  let deadline: NodeJS.Timeout | null = null
  let closed = false

  function next(): void {
    if (current !== null || closed) return
    current = waiting.shift() ?? null
    if (current === null) return worker?.unref()
    if (worker === null) worker = open()
    worker.ref()
    if (isReady) begin()
  }

  function begin(): void {
    const request = current?.request ?? null
    if (request === null) return settle((job) => job.resolve({ kind: 'died' }))
    startDeadline(performance.now(), process.cpuUsage(), needs.timeoutMs)
    worker?.postMessage(request, [])
  }

  /** A worker that was not given the processor for its time has not had it: on a crowded machine it may take longer, up to a bound. */
  function startDeadline(startedAt: number, usedBefore: NodeJS.CpuUsage, waitMs: number): void {
    deadline = setTimeout(() => {
      const used = process.cpuUsage(usedBefore)
      const leftMs = needs.timeoutMs - (used.user + used.system) / 1000
      const isOver = leftMs <= 0 || performance.now() - startedAt > needs.timeoutMs * patience
      if (isOver) replace({ kind: 'timeout' })
      else startDeadline(startedAt, usedBefore, Math.max(leftMs, 20))
    }, waitMs)
  }

  function settle(finish: (job: Job<Request, Answer>) => void): void {
    if (deadline !== null) clearTimeout(deadline)
    deadline = null
    const job = current
    current = null
    if (job !== null) finish(job)
    next()
  }

  /** Drops the worker; the request it was busy with gets the outcome. */
  function replace(outcome: Outcome<Answer>): void {
    const old = worker
    worker = null
    isReady = false
    old?.removeAllListeners()
    old?.on('error', () => {})
    void old?.terminate()
    settle((job) => job.resolve(outcome))
  }

  function open(): Worker {
    const opened = needs.start()
    let failure: Error | null = null
    opened.on('message', (message: { readonly kind: string }) => {
      if (message.kind === 'ready') {
        isReady = true
        begin()
      } else hear(message as unknown as Answer)
    })
    opened.on('error', (error: Error) => (failure = error))
    opened.on('exit', () => {
      if (isReady) return replace({ kind: 'died' })
      worker = null
      settle((job) => job.reject(failure ?? new Error('The worker ended before it was ready.')))
    })
    return opened
  }

  function hear(answer: Answer): void {
    if (needs.isFatal(answer)) replace({ kind: 'answer', answer })
    else settle((job) => job.resolve({ kind: 'answer', answer }))
  }

  const ask = async (request: Request | null, signal?: AbortSignal): Promise<Outcome<Answer>> => {
    signal?.throwIfAborted()
    if (closed) throw closedError()
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Answer>>()
    const job = { request, resolve, reject }
    const leave = (): void => {
      const place = waiting.indexOf(job)
      if (place >= 0) waiting.splice(place, 1)
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', leave, { once: true })
    waiting.push(job)
    next()
    return await promise.finally(() => signal?.removeEventListener('abort', leave))
  }

  return {
    ask,
    async warm() {
      if (!isReady) await ask(null)
    },
    async close() {
      closed = true
      const left = [current, ...waiting.splice(0)].flatMap((job) => job ?? [])
      current = null
      if (deadline !== null) clearTimeout(deadline)
      const old = worker
      worker = null
      for (const job of left) job.reject(closedError())
      old?.removeAllListeners()
      await old?.terminate()
    },
  }
}

const closedError = (): Error => new Error('The worker is closed.')
