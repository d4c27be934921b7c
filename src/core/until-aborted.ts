/** Waits for a promise until the signal aborts, then rejects with its reason. The work behind the promise goes on. */
export async function untilAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  try {
    // Also for a signal that has aborted before: `waited` may have no other listener, and its failure would then be an unhandled rejection.
    return await Promise.race([promise, waited])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
