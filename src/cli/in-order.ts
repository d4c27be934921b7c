/** Works on up to `atOnce` items at a time and yields the results in the order of the items, reading no further ahead. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = []
  try {
    for await (const item of items) {
      const result = work(item)
      // Its turn to be awaited comes later; until then a failure must not count as unhandled.
      result.catch(() => undefined)
      started.push(result)
      const oldest = started.length < atOnce ? undefined : started.shift()
      if (oldest !== undefined) yield await oldest
    }
    for (let oldest = started.shift(); oldest !== undefined; oldest = started.shift()) yield await oldest
  } finally {
    await Promise.allSettled(started)
  }
}
