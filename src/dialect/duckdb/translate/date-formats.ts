import { cannotRun } from './syntax.ts'

/** Elements of Snowflake's date and time formats, longest first, with DuckDB's. Null: written or read differently. */
const elements: readonly (readonly [element: string, write: string | null, read: string | null])[] = [
  ['HH24', '%H', '%H'],
  ['HH12', '%I', '%I'],
  ['YYYY', '%Y', '%Y'],
  ['MMMM', '%B', '%B'],
  ['MON', '%b', '%b'],
  ['FF0', null, null],
  ['FF3', '%g', '%n'],
  ['FF6', '%f', '%n'],
  ['FF9', '%n', '%n'],
  ['YY', '%y', null],
  ['MM', '%m', '%m'],
  ['DD', '%d', '%d'],
  ['DY', '%a', null],
  ['AM', '%p', '%p'],
  ['PM', '%p', '%p'],
  ['MI', '%M', '%M'],
  ['SS', '%S', '%S'],
  ['FF', '%n', '%n'],
]

const plainCharacter = /[^A-Za-z0-9"]/

/** A Snowflake format as DuckDB's, for writing (`strftime`) or reading (`strptime`). */
export function dateFormat(format: string, use: 'write' | 'read', time = false): string {
  let rest = format
  let result = ''
  if (use === 'read' && !/YYYY/i.test(format) && !time)
    throw cannotRun(`reading a date without its year by '${format}'`)
  while (rest !== '') {
    const [taken, made] = nextPiece(rest, use, format)
    result += made
    rest = rest.slice(taken)
  }
  return result
}

function nextPiece(rest: string, use: 'write' | 'read', format: string): readonly [taken: number, made: string] {
  const upper = rest.toUpperCase()
  const element = elements.find(([name]) => upper.startsWith(name))
  if (element !== undefined) {
    const made = use === 'write' ? element[1] : element[2]
    if (made === null) throw cannotRun(`${element[0]} in the format '${format}'`)
    if (element[0] === 'FF' && /^FF\d/.test(upper)) throw cannotRun(`${upper.slice(0, 3)} in the format '${format}'`)
    return [element[0].length, made]
  }
  const literal = /^"([^"]*)"/.exec(rest)
  if (literal !== null) return [literal[0].length, (literal[1] ?? '').replaceAll('%', '%%')]
  const first = rest[0] ?? ''
  if (first === 'T' && upper.startsWith('THH24')) return [1, 'T']
  if (!plainCharacter.test(first)) throw cannotRun(`the format '${format}'`)
  return [1, first === '%' ? '%%' : first]
}
