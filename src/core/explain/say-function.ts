import { listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { constantDay } from './say-period.ts'
import { literal, nameIn, shownName, tagged, unsaid } from './tagged.ts'
import type { Speech } from './words.ts'

const ofThis: Readonly<Record<string, string>> = {
  year: 'the year of',
  quarter: 'the number of the quarter of',
  month: 'the number of the month of',
  day: 'the day of the month of',
  upper: 'the upper case of',
  lower: 'the lower case of',
  length: 'the length of',
  abs: 'the absolute value of',
  trim: 'the trimmed',
}

/** Functions of one row in words, by the node they are read as; null for any other. */
export function sayFunction(tag: string, node: TreeNode, speech: Speech): string | null {
  const words = ofThis[tag]
  if (words !== undefined)
    return unsaid(node, ['this', 'name', 'sql_standard_syntax', 'position']) === null && !hasTrimmed(node)
      ? `${words} ${speech.expression(node['this'])}`
      : null
  if (tag === 'extract') return typeof node['field'] === 'string' ? partOf(node['field'], node['this'], speech) : null
  if (tag === 'cast') return sayCast(node, speech)
  if (tag === 'nvl')
    return `${speech.expression(node['this'])} (or ${speech.expression(node['expression'])} where that is NULL)`
  if (tag === 'coalesce') return sayCoalesce(listIn(node, 'expressions'), speech)
  return tag === 'function' ? sayCall(node, speech) : null
}

/** TRIM of other characters than blanks. */
const hasTrimmed = (node: TreeNode): boolean => node['characters'] !== null && node['characters'] !== undefined

const parts: Readonly<Record<string, string>> = {
  year: 'the year of',
  quarter: 'the number of the quarter of',
  month: 'the number of the month of',
  day: 'the day of the month of',
}

const partOf = (part: string, of: Tree, speech: Speech): string =>
  `${parts[part.toLowerCase()] ?? `the ${part.toLowerCase()} of`} ${speech.expression(of)}`

function sayCoalesce([value, otherwise, ...more]: readonly Tree[], speech: Speech): string | null {
  if (value === undefined || otherwise === undefined || more.length > 0) return null
  return `${speech.expression(value)} (or ${speech.expression(otherwise)} where that is NULL)`
}

/** A cast of text to a day reads better without its type; other types are said after the value. */
function sayCast(node: TreeNode, speech: Speech): string | null {
  const day = constantDay({ cast: node })
  if (day !== null) return day
  const value = literal(node['this'])
  const type = nodeIn(node, 'to')?.['data_type']
  if (value?.type === 'string' && (type === 'date' || type === 'timestamp')) return value.value
  if (unsaid(node, ['this', 'to', 'double_colon_syntax']) !== null) return null
  if (type === 'date') return `the date of ${speech.expression(node['this'])}`
  const written = /\bAS (.+)\)$/s.exec(speech.print({ cast: { ...node, double_colon_syntax: false } }))?.[1]
  return written === undefined ? null : `${speech.expression(node['this'])} as ${written}`
}

function sayCall(node: TreeNode, speech: Speech): string | null {
  const args = listIn(node, 'args')
  const name = nameIn(node, 'name')?.toUpperCase()
  const [first, second] = args
  if (name === 'DATE_TRUNC' && args.length === 2) {
    const unit = wordIn(first)
    return unit === null ? null : `the start of the ${unit.toLowerCase()} of ${speech.expression(second)}`
  }
  if (name === 'DATE_PART' && args.length === 2) {
    const unit = wordIn(first)
    return unit === null ? null : partOf(unit, second, speech)
  }
  if (name === 'ROUND' && args.length === 2 && literal(second)?.type === 'number') {
    const digits = literal(second)?.value
    return `${speech.expression(first)} rounded to ${digits} ${digits === '1' ? 'digit' : 'digits'}`
  }
  return constantDay({ function: node })
}

/** A bare word or text such as the `month` of `DATE_TRUNC(month, d)`. */
function wordIn(tree: Tree): string | null {
  const text = literal(tree)
  if (text !== null) return /^[A-Za-z_]+$/.test(text.value) ? text.value : null
  const found = tagged(tree)
  if (found?.tag === 'var') return nameIn(found.node, 'this')
  return found?.tag === 'column' && shownName(found.node, 'table') === null ? nameIn(found.node, 'name') : null
}
