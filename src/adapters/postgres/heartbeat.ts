import type { Database } from './database.ts'
import type { Instance } from './instance-statements.ts'

const everyMs = 10_000

/** Keeps an instance on the list of living ones from the first turn on; a beat that fails is reported, the next one tries again. */
export function makeHeartbeat(needs: {
  readonly database: Database
  readonly instance: Instance
  readonly onFault: (error: unknown) => void
}) {
  let started: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  const send = async (): Promise<void> => {
    const { beat } = await import('./instance-statements.ts')
    await needs.database.run((statements) => beat(statements, needs.instance))
  }

  const begin = async (): Promise<void> => {
    await send()
    timer = setInterval(() => {
      send().catch(needs.onFault)
    }, everyMs)
    timer.unref()
  }

  return {
    /** Resolves once the instance is on the list. */
    start: (): Promise<void> => {
      started ??= begin().catch((error: unknown) => {
        started = null
        throw error
      })
      return started
    },
    stop: async (): Promise<void> => {
      if (started === null) return
      if (timer !== null) clearInterval(timer)
      const { forget } = await import('./instance-statements.ts')
      // Closing goes on without the database: an instance that falls silent is taken for gone as well.
      await needs.database.run((statements) => forget(statements, needs.instance.id)).catch(needs.onFault)
    },
  }
}
