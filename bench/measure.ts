/** The value below which `share` (0 to 1) of the sorted figures lie. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Milliseconds that work takes, by the monotonic clock. */
export async function timed(work: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** One figure against its goal. */
export interface Figure {
  readonly what: string
  readonly measured: string
  readonly goal: string
  readonly met: boolean | null
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`

/** Prints figures as a table for people. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  const rows = figures.map(({ what, measured, goal, met }) => [
    met === null ? ' ' : met ? '✓' : '✗',
    what,
    measured,
    goal,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  console.log(`\n${title}`)
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}
