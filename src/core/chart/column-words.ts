const aggregateWords: Readonly<Record<string, string>> = {
  SUM: 'sum of',
  AVG: 'average',
  MEDIAN: 'median',
  MIN: 'lowest',
  MAX: 'highest',
  COUNT: 'count of',
}

/**
 * A column's name as words to read: `TOTAL_SPENT` → `total spent`, `SUM(O_TOTALPRICE)` → `sum of totalprice`.
 * Null when the name is meaningless to a reader: an expression, a generated name, no letters.
 */
export function columnWords(name: string): string | null {
  const aggregate = /^\s*(SUM|AVG|MEDIAN|MIN|MAX|COUNT)\s*\(\s*(DISTINCT\s+)?([\w$".]{1,120}|\*)\s*\)\s*$/i.exec(
    name.slice(0, 200),
  )
  if (aggregate === null) return plainWords(name)
  const [, fn = '', distinct, argument = ''] = aggregate
  if (argument === '*') return fn.toUpperCase() === 'COUNT' ? 'count' : null
  const words = plainWords(argument.split('.').at(-1) ?? argument)
  if (words === null) return null
  return `${aggregateWords[fn.toUpperCase()] ?? fn.toLowerCase()} ${distinct === undefined ? '' : 'distinct '}${words}`
}

const generatedName = /^(?:_?col(?:umn)?_?\d+|_?expr\$?_?\d*|_?f\d+_?|\$\d+)$/i

function plainWords(name: string): string | null {
  const bare = name.trim().replaceAll('"', '')
  if (bare.length > 60 || !/^[\p{L}_][\p{L}\p{N}_$ -]*$/u.test(bare) || generatedName.test(bare)) return null
  const words = bare
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .split(/[\s_$-]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
  // A single leading letter is a table's prefix (C_NAME, O_TOTALPRICE), not a word.
  const told = words.length > 1 && /^\p{L}$/u.test(words[0] ?? '') ? words.slice(1) : words
  return told.some((word) => /\p{L}/u.test(word)) ? told.join(' ') : null
}
