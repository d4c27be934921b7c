import { problem } from '../../../core/problem.ts'
import { type ChildLink, type ChildNeeds, startChild } from './child-link.ts'

/** A driver process, started when first needed, started again after it died, ended when idle. */
export interface DriverProcess {
  /** Does one request; `finish` gives its place back, which a failure of `work` does by itself. */
  request<T>(work: (link: ChildLink, id: number, finish: () => void) => Promise<T>): Promise<T>
  /** The id of the process that runs now; null when none does. */
  pid(): number | null
  /** Ends the process; whatever still runs is cancelled in Snowflake. */
  close(): Promise<void>
}

export interface DriverProcessNeeds extends ChildNeeds {
  /** The process ends after this long without a request, which frees its memory. */
  readonly idleMs: number
  /** Told when the process ended on its own. */
  readonly onFault: (error: unknown) => void
}

export function makeDriverProcess(needs: DriverProcessNeeds): DriverProcess {
  let nextId = 1
  let busy = 0
  let closed = false
  let starting: Promise<ChildLink> | null = null
  let running: ChildLink | null = null
  let idleTimer: NodeJS.Timeout | undefined

  const start = async (): Promise<ChildLink> => {
    const link = await startChild(needs)
    running = link
    void link.gone.then((reason) => {
      if (running === link) {
        running = null
        starting = null
      }
      if (reason !== null) needs.onFault(new Error(`The Snowflake process ended: ${reason}`))
    })
    if (closed) link.end()
    return link
  }
  const connect = (): Promise<ChildLink> => {
    if (closed) throw problem('warehouse_failed', 'The connection is being closed.', 'Start Floe again.')
    starting ??= start().catch((error: unknown) => {
      starting = null
      throw error
    })
    return starting
  }
  const sleep = (): void => {
    running?.end()
    // The next request starts a new one, whatever the old one still has to say to Snowflake.
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
      link?.end()
      await link?.gone
    },
  }
}
