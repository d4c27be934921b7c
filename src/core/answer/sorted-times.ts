import type { Cell } from '../../contract/result.ts'

const isoPattern = /^(\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?)\s?(Z|[+-]\d\d:?\d\d)?$/
const yearPattern = /^\d{4}$/

/**
 * Row positions from earliest to latest. Null where order cannot be told by comparing text: a missing or repeated time, a year
 * outside 0000–9999, different zones.
 */
export function sortedTimes(times: readonly Cell[]): readonly number[] | null {
  const read = times.map(readTime)
  const keys = read.flatMap((time) => (time === null ? [] : [time.key]))
  const forms = new Set(read.map((time) => time?.form))
  if (keys.length < times.length || new Set(keys).size < keys.length || forms.size !== 1) return null
  return keys.map((_, at) => at).sort((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1))
}

function readTime(cell: Cell): { readonly key: string; readonly form: string } | null {
  const text = String(cell)
  if (yearPattern.test(text)) return { key: text, form: 'year' }
  const [, key, zone = ''] = isoPattern.exec(text) ?? []
  return key === undefined ? null : { key: key.replace('T', ' '), form: `iso${zone}` }
}
