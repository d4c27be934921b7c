import type { Clock } from '../../../core/ports/clock.ts'
import type { AccountReading } from './account-reading.ts'
import type { OnProgress } from './discovery.ts'
import { untilAborted } from './until-aborted.ts'

export interface Patience {
  readonly clock: Clock
  readonly patienceMs: number
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** Waits until a reading has ended, or has something to show and the person has waited long enough. Rejects with why it ended early. */
export async function untilEnough(
  reading: AccountReading,
  { clock, patienceMs, signal, onProgress }: Patience,
): Promise<void> {
  const enough = Promise.withResolvers<void>()
  let hasWaited = false
  const look = (): void => {
    if (hasWaited && (reading.progress()?.tablesRead ?? 0) > 0) enough.resolve()
  }
  const mute = reading.listen((fact) => {
    onProgress(fact)
    look()
  })
  const wake = clock.after(patienceMs, () => {
    hasWaited = true
    look()
  })
  try {
    await untilAborted(Promise.race([reading.done, enough.promise]), signal)
  } finally {
    mute()
    wake()
  }
}
