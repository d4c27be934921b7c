/**
 * Works through items in order, `lanes` at a time. After the first failure nothing new is begun; rejects with it once what was
 * under way has ended.
 */
export async function inParallel<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  let failed: { readonly error: unknown } | null = null
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      if (failed !== null) return
      try {
        await work(item)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane))
  if (failed !== null) throw (failed as { readonly error: unknown }).error
}
