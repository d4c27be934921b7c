import type { Estimate } from '../result.ts'
import { plainLocale } from './formats.ts'

/** A count with its noun: "1 row", "1,204 rows". */
export const countInWords = (count: number, one: string, many = `${one}s`, locale = plainLocale): string =>
  `${count.toLocaleString(locale)} ${count === 1 ? one : many}`

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in the unit that suits them, decimal as warehouses count. */
export function bytesInWords(bytes: number, locale = plainLocale): string {
  const power = bytes < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  const digits = power === 0 || value >= 100 ? 0 : 1
  return `${inDigits(value, digits, locale)} ${byteUnits[power] ?? ''}`
}

const inDigits = (value: number, digits: number, locale: string): string =>
  value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** A span of time: "820 ms", "4.2 s", "2 min 5 s". Never less than 1 ms, whatever the clock did meanwhile. */
export function durationInWords(ms: number, locale = plainLocale): string {
  if (ms < 995) return `${Math.max(1, Math.round(ms))} ms`
  if (ms < 59_950) return `${inDigits(ms / 1_000, 1, locale)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** What a query will read at most, one clause; its warnings are sentences of their own. */
export function estimateInWords({ rows, bytes, partitions, tables = [] }: Estimate, locale = plainLocale): string {
  const parts = [
    ...(rows === null ? [] : [countInWords(rows, 'row', 'rows', locale)]),
    ...(bytes === null ? [] : [`${bytesInWords(bytes, locale)}${wholeInWords(tables, locale)}`]),
    ...(partitions === undefined || partitions === null
      ? []
      : [
          `${partitions.assigned.toLocaleString(locale)} of ${countInWords(partitions.total, 'partition', 'partitions', locale)}`,
        ]),
  ]
  return parts.length === 0 ? 'The warehouse cannot tell how much it will read' : `Reads at most ${parts.join(', ')}`
}

/** The size of what is read from, where the warehouse knows it: " of 48.0 GB in ORDERS". */
function wholeInWords(tables: NonNullable<Estimate['tables']>, locale: string): string {
  const sizes = tables.flatMap(({ tableBytes }) => tableBytes ?? [])
  if (tables.length === 0 || sizes.length < tables.length) return ''
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  const [only] = tables
  const name = tables.length === 1 ? (only?.table.split('.').at(-1) ?? '') : `${tables.length} tables`
  return ` of ${bytesInWords(whole, locale)} in ${name}`
}
