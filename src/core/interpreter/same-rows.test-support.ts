type Rows = readonly (readonly unknown[])[]

/** Whether a result holds the wanted rows: the same number of rows, and for each wanted column one of its own, row by row. More columns are welcome. */
export function holdsRows(rows: Rows, wanted: Rows, ordered: boolean): boolean {
  if (rows.length !== wanted.length) return false
  if (wanted.length === 0) return true
  const [own, gold] = [rows.map((row) => row.map(plain)), wanted.map((row) => row.map(plain))]
  const width = gold[0]?.length ?? 0
  const options = Array.from({ length: width }, (_, column) => alike(own, gold, column, ordered))
  return assign(options, [], (columns) => sameLines(own, gold, columns, ordered))
}

function plain(cell: unknown): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'boolean') return cell ? '1' : '0'
  const text = (typeof cell === 'string' ? cell : JSON.stringify(cell)).trim()
  const number = Number(text)
  if (text !== '' && !Number.isNaN(number))
    return Number.isInteger(number) ? String(number) : number.toPrecision(6).replace(/0+$/, '')
  return text.replace(/ 00:00:00(?:\.0+)?$/, '')
}

const lines = (values: readonly string[], ordered: boolean): string =>
  (ordered ? values : [...values].sort()).join('\n')

function alike(
  own: readonly string[][],
  gold: readonly string[][],
  column: number,
  ordered: boolean,
): readonly number[] {
  const wanted = lines(
    gold.map((row) => row[column] ?? ''),
    ordered,
  )
  const width = own[0]?.length ?? 0
  return Array.from({ length: width }, (_, i) => i).filter(
    (i) =>
      lines(
        own.map((row) => row[i] ?? ''),
        ordered,
      ) === wanted,
  )
}

/** Tries to give each wanted column another column of the result. */
function assign(
  options: readonly (readonly number[])[],
  taken: readonly number[],
  fits: (columns: readonly number[]) => boolean,
): boolean {
  const next = options[taken.length]
  if (next === undefined) return fits(taken)
  return next.some((column) => !taken.includes(column) && assign(options, [...taken, column], fits))
}

function sameLines(
  own: readonly string[][],
  gold: readonly string[][],
  columns: readonly number[],
  ordered: boolean,
): boolean {
  const mine = own.map((row) => columns.map((i) => row[i] ?? '').join('\u0001'))
  return (
    lines(mine, ordered) ===
    lines(
      gold.map((row) => row.join('\u0001')),
      ordered,
    )
  )
}
