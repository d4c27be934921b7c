import type { Estimate } from '../result.ts'

/** A count with its noun: "1 row", "1,204 rows". */
export const countInWords = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in the unit that suits them, decimal as warehouses count. */
export function bytesInWords(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  const digits = power === 0 || value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)
  return `${digits} ${byteUnits[power] ?? ''}`
}

/** A span of time: "820 ms", "4.2 s", "2 min 5 s". Never less than 1 ms, whatever the clock did meanwhile. */
export function durationInWords(ms: number): string {
  if (ms < 995) return `${Math.max(1, Math.round(ms))} ms`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** What a query will read at most, one clause; its warnings are sentences of their own. */
export function estimateInWords({ rows, bytes, partitions, tables = [] }: Estimate): string {
  const parts = [
    ...(rows === null ? [] : [countInWords(rows, 'row')]),
    ...(bytes === null ? [] : [`${bytesInWords(bytes)}${wholeInWords(tables)}`]),
    ...(partitions === undefined || partitions === null
      ? []
      : [`${partitions.assigned.toLocaleString('en-US')} of ${countInWords(partitions.total, 'partition')}`]),
  ]
  return parts.length === 0 ? 'The warehouse cannot tell how much it will read' : `Reads at most ${parts.join(', ')}`
}

/** The size of what is read from, where the warehouse knows it: " of 48.0 GB in ORDERS". */
function wholeInWords(tables: NonNullable<Estimate['tables']>): string {
  const sizes = tables.flatMap(({ tableBytes }) => tableBytes ?? [])
  if (tables.length === 0 || sizes.length < tables.length) return ''
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  const [only] = tables
  const name = tables.length === 1 ? (only?.table.split('.').at(-1) ?? '') : `${tables.length} tables`
  return ` of ${bytesInWords(whole)} in ${name}`
}
