import { problem } from '../../core/problem.ts'
import type { ChildLink } from './child-link.ts'

/** A child process that is started when first needed, started again after it died, and ended when idle. */
export interface SupervisedChild<Sent, Answer> {
  /**
   * Runs one request on the process. `work` calls `finish` once the process has finished it; a failure of `work` counts as finished.
   * Throws `warehouse_failed` once closed.
   */
  request<T>(work: (link: ChildLink<Sent, Answer>, id: number, finish: () => void) => Promise<T>): Promise<T>
  /** The id of the running process, or null. */
  pid(): number | null
  /** Ends the process and every request that still runs. */
  close(): Promise<void>
}

export interface SupervisedChildNeeds<Sent, Answer> {
  readonly start: () => Promise<ChildLink<Sent, Answer>>
  /** Ends a process that is no longer needed. */
  readonly stop: (link: ChildLink<Sent, Answer>) => void
  /** The process ends after this long without a request, which frees its memory. */
  readonly idleMs: number
  /** Called with the reason when the process ended unexpectedly. */
  readonly onDeath: (reason: string) => void
}

export function makeSupervisedChild<Sent, Answer>(
  needs: SupervisedChildNeeds<Sent, Answer>,
): SupervisedChild<Sent, Answer> {
  let nextId = 1
  let busy = 0
  let closed = false
  let starting: Promise<ChildLink<Sent, Answer>> | null = null
  let running: ChildLink<Sent, Answer> | null = null
  let idleTimer: NodeJS.Timeout | undefined

  const start = async (): Promise<ChildLink<Sent, Answer>> => {
    const link = await needs.start()
    running = link
    void link.gone.then((reason) => {
      if (running === link) {
        running = null
        starting = null
      }
      if (reason !== null) needs.onDeath(reason)
    })
    if (closed) needs.stop(link)
    return link
  }
  const connect = (): Promise<ChildLink<Sent, Answer>> => {
    if (closed) throw problem('warehouse_failed', 'The connection is being closed.', 'Start Floe again.')
    starting ??= start().catch((error: unknown) => {
      starting = null
      throw error
    })
    return starting
  }
  /** The next request starts a new process even while the old one is still cleaning up. */
  const sleep = (): void => {
    if (running !== null) needs.stop(running)
    running = null
    starting = null
  }
  const begin = (): (() => void) => {
    clearTimeout(idleTimer)
    busy += 1
    let finished = false
    return () => {
      if (finished) return
      finished = true
      busy -= 1
      if (busy > 0 || closed) return
      idleTimer = setTimeout(sleep, needs.idleMs)
      idleTimer.unref()
    }
  }
  return {
    async request(work) {
      const finish = begin()
      try {
        return await work(await connect(), nextId++, finish)
      } catch (error) {
        finish()
        throw error
      }
    },
    pid: () => running?.pid ?? null,
    async close() {
      closed = true
      clearTimeout(idleTimer)
      const link = await starting?.catch(() => null)
      if (link !== null && link !== undefined) needs.stop(link)
      await link?.gone
    },
  }
}
