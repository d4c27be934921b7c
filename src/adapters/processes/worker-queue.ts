import type { Worker } from 'node:worker_threads'

/** How a request ended: with the worker's answer, or with the worker stopped at the deadline or dead. */
export type Outcome<Answer> =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'timeout' } | { readonly kind: 'died' }

interface Job<Request, Answer> {
  /** Null only wants the worker to be ready. */
  readonly request: Request | null
  readonly resolve: (outcome: Outcome<Answer> | null) => void
  readonly reject: (error: Error) => void
  /** The round in which it is served: see `#takeRound`. */
  readonly round: number
}

type State<Request, Answer> =
  | { readonly name: 'absent' }
  /** The worker loads its modules; it says when it is ready. */
  | { readonly name: 'starting'; readonly worker: Worker; failure: Error | null }
  | { readonly name: 'idle'; readonly worker: Worker; readonly clearRest: () => void }
  | {
      readonly name: 'busy'
      readonly worker: Worker
      readonly job: Job<Request, Answer>
      readonly clearDeadline: () => void
    }
  | { readonly name: 'closed' }

interface Needs<Request, Answer> {
  readonly start: () => Worker
  /** The time a request may take, or how it depends on the request. */
  readonly timeoutMs: number | ((request: Request) => number)
  /** Whether a worker that gave this answer must be replaced. */
  readonly isFatal: (answer: Answer) => boolean
  /** The worker ends after this long without a request, which frees its memory. */
  readonly idleMs: number
  /** Whose work asks at the moment; null where it is nobody's in particular. */
  readonly askedBy: () => string | null
}

/**
 * Sends requests to a worker thread, one at a time, each with a deadline that begins once the worker is ready. People take turns: whoever
 * asks for much at once waits for it, and nobody else waits for more than one request of theirs. A worker that hangs, dies or
 * breaks is replaced, and only the request it was busy with is affected. While idle the worker does not keep the process alive; one that is
 * idle for long ends, and the next request starts another.
 */
export class WorkerQueue<Request, Answer> {
  readonly #needs: Needs<Request, Answer>
  /** In the order in which they are served. */
  readonly #waiting: Job<Request, Answer>[] = []
  /** The round that is served, and the next one of each person who has asked since the worker had nothing to do. */
  #round = 0
  readonly #nextRounds = new Map<string | null, number>()
  #state: State<Request, Answer> = { name: 'absent' }

  constructor(needs: Needs<Request, Answer>) {
    this.#needs = needs
  }

  /**
   * Rejects with the reason of `signal` once that is aborted: a waiting request is withdrawn, one under way runs on until its deadline with
   * its answer ignored. Also rejects when the worker cannot start or the queue is closed.
   */
  async ask(request: Request, signal?: AbortSignal): Promise<Outcome<Answer>> {
    const outcome = await this.#enqueue(request, signal)
    return outcome ?? { kind: 'died' }
  }

  /** How many requests wait for the worker. */
  waiting(): number {
    return this.#waiting.length
  }

  /** Resolves once the worker is ready. */
  async warm(): Promise<void> {
    if (this.#state.name !== 'idle' && this.#state.name !== 'busy') await this.#enqueue(null)
  }

  async close(): Promise<void> {
    const state = this.#state
    this.#state = { name: 'closed' }
    const jobs = this.#waiting.splice(0)
    if (state.name === 'idle') state.clearRest()
    if (state.name === 'busy') {
      state.clearDeadline()
      jobs.unshift(state.job)
    }
    for (const job of jobs) job.reject(closedError())
    if ('worker' in state) await dismiss(state.worker)
  }

  async #enqueue(request: Request | null, signal?: AbortSignal): Promise<Outcome<Answer> | null> {
    signal?.throwIfAborted()
    if (this.#state.name === 'closed') throw closedError()
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Answer> | null>()
    const job = { request, resolve, reject, round: this.#takeRound() }
    const withdraw = (): void => {
      const place = this.#waiting.indexOf(job)
      if (place >= 0) this.#waiting.splice(place, 1)
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', withdraw, { once: true })
    const place = this.#waiting.findIndex(({ round }) => round > job.round)
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, job)
    this.#advance()
    return await promise.finally(() => signal?.removeEventListener('abort', withdraw))
  }

  /**
   * A person has one request in each round, from the one that is served on. This is start-time fair queueing (Goyal, Vin and Cheng, 1996)
   * with requests that all count the same.
   */
  #takeRound(): number {
    if (this.#waiting.length === 0 && this.#state.name !== 'busy') this.#nextRounds.clear()
    const person = this.#needs.askedBy()
    const round = Math.max(this.#round, this.#nextRounds.get(person) ?? 0)
    this.#nextRounds.set(person, round + 1)
    return round
  }

  /** Starts the worker or gives it the next job, whichever the state calls for. */
  #advance(): void {
    const state = this.#state
    const next = this.#waiting[0]
    if (state.name === 'absent' && next !== undefined) this.#start()
    if (state.name !== 'idle') return
    if (next === undefined) {
      state.worker.unref()
      return
    }
    this.#waiting.shift()
    this.#round = next.round
    if (next.request === null) {
      next.resolve(null)
      this.#advance()
    } else {
      state.clearRest()
      this.#begin(state.worker, next, next.request)
    }
  }

  #rest(worker: Worker): void {
    const timer = setTimeout(() => this.#replace({ kind: 'died' }), this.#needs.idleMs).unref()
    this.#become({ name: 'idle', worker, clearRest: () => clearTimeout(timer) })
  }

  #begin(worker: Worker, job: Job<Request, Answer>, request: Request): void {
    const { timeoutMs } = this.#needs
    const ownMs = typeof timeoutMs === 'number' ? timeoutMs : timeoutMs(request)
    const clearDeadline = startDeadline(ownMs, () => this.#replace({ kind: 'timeout' }))
    this.#state = { name: 'busy', worker, job, clearDeadline }
    worker.ref()
    worker.postMessage(request, [])
  }

  #start(): void {
    const worker = this.#needs.start()
    const starting: State<Request, Answer> = { name: 'starting', worker, failure: null }
    this.#state = starting
    worker.on('message', (message: { readonly kind: string }) => {
      if (message.kind === 'ready') this.#rest(worker)
      else this.#hear(message as unknown as Answer)
    })
    worker.on('error', (error: Error) => {
      starting.failure = error
    })
    worker.on('exit', () => {
      if (this.#state !== starting) return this.#replace({ kind: 'died' })
      const job = this.#waiting.shift()
      job?.reject(starting.failure ?? new Error('The worker ended before it was ready.'))
      this.#become({ name: 'absent' })
    })
  }

  #hear(answer: Answer): void {
    if (this.#needs.isFatal(answer)) this.#replace({ kind: 'answer', answer })
    else if (this.#state.name === 'busy') {
      const { worker, job, clearDeadline } = this.#state
      clearDeadline()
      job.resolve({ kind: 'answer', answer })
      this.#rest(worker)
    }
  }

  /** Drops the worker; a job it was busy with ends with `outcome`. */
  #replace(outcome: Outcome<Answer>): void {
    const state = this.#state
    if (state.name === 'idle') state.clearRest()
    if (state.name === 'busy') {
      state.clearDeadline()
      state.job.resolve(outcome)
    }
    if ('worker' in state) void dismiss(state.worker)
    this.#become({ name: 'absent' })
  }

  #become(state: State<Request, Answer>): void {
    this.#state = state
    this.#advance()
  }
}

/** How many times its deadline a request may take by the clock on a machine that is busy with other processes. */
const maxStretch = 8

/**
 * Calls `onOver` once this process has used the processor for `timeoutMs`, or once `maxStretch` times that has passed: on a crowded machine
 * a worker may have waited for the processor most of the time. Returns what takes the deadline back.
 */
function startDeadline(timeoutMs: number, onOver: () => void): () => void {
  const startedAt = performance.now()
  const usedBefore = process.cpuUsage()
  let timer: NodeJS.Timeout
  const look = (): void => {
    const used = process.cpuUsage(usedBefore)
    const leftMs = timeoutMs - (used.user + used.system) / 1_000
    if (leftMs <= 0 || performance.now() - startedAt > timeoutMs * maxStretch) onOver()
    else timer = setTimeout(look, Math.max(leftMs, 20))
  }
  timer = setTimeout(look, timeoutMs)
  return () => clearTimeout(timer)
}

/** Ends a worker whose messages and errors no longer matter. */
async function dismiss(worker: Worker): Promise<void> {
  worker.removeAllListeners()
  worker.on('error', () => undefined)
  await worker.terminate()
}

const closedError = (): Error => new Error('The worker is closed.')
