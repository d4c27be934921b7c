import { pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino'

/** A line like one written this shortly before is counted instead of written again. */
const foldWithinMs = 10_000
/** Different lines remembered at once; beyond that lines are written as they come. */
const mostRemembered = 500
const warnLevel = 40

/**
 * Makes the program's logger. Warnings and errors that repeat (the same words about the same error) are folded: the first is written at once,
 * and one more line says how often it came again. A fault that a client can cause in a loop therefore cannot fill the disk.
 */
export function makeLogger(level: LevelWithSilent, destination: DestinationStream): Logger {
  const repeats = new Map<string, number>()
  return pino(
    {
      level,
      hooks: {
        logMethod(given, write, lineLevel) {
          const key = lineLevel < warnLevel ? null : keyOf(given)
          const before = key === null ? undefined : repeats.get(key)
          if (key !== null && before !== undefined) {
            repeats.set(key, before + 1)
            return
          }
          if (key !== null && repeats.size < mostRemembered) {
            repeats.set(key, 0)
            setTimeout(() => {
              const times = repeats.get(key) ?? 0
              repeats.delete(key)
              if (times > 0) this[lineLevel >= 50 ? 'error' : 'warn']({ times }, `again: ${key}`)
            }, foldWithinMs).unref()
          }
          write.apply(this, given)
        },
      },
    },
    destination,
  )
}

/** What makes two lines the same: their words and those of their error, but not the request they belong to. */
function keyOf(given: readonly unknown[]): string {
  const [first, second] = given
  if (typeof first !== 'object' || first === null) return String(first)
  const error: unknown = 'err' in first ? first.err : null
  return [second, error instanceof Error ? error.message : null]
    .filter((part) => part !== null)
    .map(String)
    .join(': ')
}
