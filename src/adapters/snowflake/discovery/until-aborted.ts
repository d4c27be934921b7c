/** Waits for a promise, but not beyond the signal: rejects with its reason then. What was waited for goes on. */
export async function untilAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([waited, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
