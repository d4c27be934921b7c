import type { ChildRequest } from './driver/child-protocol.ts'
import { type DriverProcess, makeDriverProcess } from './driver/driver-process.ts'
import { openRequest } from './driver/open-request.ts'
import { defaultLimits, type SnowflakeLimits } from './session/snowflake-limits.ts'
import type { SnowflakeLink, SnowflakeLinkSettings } from './snowflake-link.ts'

export interface SnowflakeLinkNeeds extends SnowflakeLinkSettings {
  /** What differs from the usual limits. */
  readonly limits?: Partial<SnowflakeLimits>
  /** Origins that results may be fetched from besides Snowflake's storage and the account itself. */
  readonly resultOrigins?: readonly string[]
  /** Variables the driver's process gets: a proxy, the identity of a cloud machine. None by default. */
  readonly environment?: Readonly<Record<string, string>>
  /** The process ends after this long without a request; ten minutes by default. */
  readonly idleMs?: number
  /** Told when the process ended on its own. */
  readonly onFault: (error: unknown) => void
}

const defaultIdleMs = 10 * 60_000

/** Makes the link of one credential to one account. Nothing is started and nobody signs in before the first call. */
export function makeSnowflakeLink(needs: SnowflakeLinkNeeds): SnowflakeLink {
  const driver: DriverProcess = makeDriverProcess({
    settings: {
      target: needs.target,
      limits: { ...defaultLimits, ...needs.limits },
      resultOrigins: needs.resultOrigins ?? [],
    },
    credential: needs.credential,
    environment: needs.environment ?? {},
    idleMs: needs.idleMs ?? defaultIdleMs,
    onFault: needs.onFault,
  })
  const ask = (message: (id: number) => ChildRequest, signal: AbortSignal) =>
    driver.request(async (link, id, finish) => {
      signal.throwIfAborted()
      const outcome = await openRequest(link, message(id), { signal }).outcome
      finish()
      if (outcome.kind !== 'answer') throw new Error('A question was answered by rows.')
      return outcome.answer
    })

  return {
    async query(statement, { tag, timeoutMs, signal }) {
      const answer = await ask((id) => ({ kind: 'query', id, sql: statement, tag, timeoutMs }), signal)
      if (answer.kind !== 'small') throw new Error('The driver process answered another question.')
      return answer.result
    },
    close: () => driver.close(),
  }
}
