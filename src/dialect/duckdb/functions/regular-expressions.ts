import { refusal, type Macros } from '../macros/macro-text.ts'
import { asText } from '../translate/coercions.ts'
import { emitted, type Emitted, macro, textConstant, whole } from '../translate/emitted.ts'
import { cannotRun, stringLiteral } from '../translate/syntax.ts'
import type { Call } from './call.ts'

/** The pattern with Snowflake's match parameters as inline flags. */
function flagged(pattern: Emitted, parameters: string): Emitted {
  const text = asText(pattern)
  const insensitive = /i/.test(parameters) && parameters.lastIndexOf('i') > parameters.lastIndexOf('c')
  const flags = `${insensitive ? 'i' : ''}${parameters.includes('m') ? 'm' : ''}${parameters.includes('s') ? 's' : ''}`
  if (/[^cimse]/.test(parameters)) throw cannotRun(`the match parameters '${parameters}'`)
  if (flags === '') return text
  if (typeof text.constant === 'string') return textConstant(`(?${flags})${text.constant}`)
  return emitted(`('(?${flags})' || ${text.text})`, 'text', [text])
}

/** Whether the whole text matches. */
export function fullMatch(subject: Emitted, pattern: Emitted, parameters: string): Emitted {
  const [s, p] = [asText(subject), flagged(pattern, parameters)]
  return emitted(`regexp_full_match(${s.text}, ${p.text})`, 'boolean', [s, p])
}

const parametersAt = (call: Call, index: number): string => (call.args.length > index ? call.text(index) : 'c')

/** A pattern to search for: one that matches empty text is refused. */
function searched(pattern: Emitted, parameters: string): Emitted {
  const text = flagged(pattern, parameters)
  return macro('sf_pattern', [text], 'text', { times: 3 })
}

/** The text from a 1-based position on. What looks at its surroundings would see a start there. */
function from(call: Call, index: number): Emitted {
  const subject = asText(call.arg(0))
  if (call.args.length <= index || call.whole(index) === 1) return subject
  const pattern = stringLiteral(call.args[1])
  if (call.whole(index) < 1 || pattern === null || /\^|\\[bBA]/.test(pattern))
    throw cannotRun(`${call.name} from this position`)
  return emitted(`substr(${subject.text}, ${call.whole(index)})`, 'text', [subject])
}

/** A group that may be left out of a match gives nothing in Snowflake, and empty text in DuckDB. */
function assertGroup(call: Call, group: number): void {
  if (group === 0) return
  const pattern = stringLiteral(call.args[1])
  if (pattern === null || /\||\)(\?|\*|\{0)/.test(pattern)) throw cannotRun(`${call.name} of a group in this pattern`)
}

/** `REGEXP_LIKE(s, p [, params])`. */
export const regexpLike = (call: Call): Emitted => fullMatch(call.arg(0), call.arg(1), parametersAt(call, 2))

/** `REGEXP_SUBSTR(s, p [, position [, occurrence [, params [, group]]]])`: NULL where nothing matches. */
export function regexpSubstr(call: Call): Emitted {
  const parameters = parametersAt(call, 4)
  const group = call.args.length > 5 ? call.whole(5) : parameters.includes('e') ? 1 : 0
  assertGroup(call, group)
  const [s, p] = [from(call, 2), searched(call.arg(1), parameters)]
  const occurrence = call.args.length > 3 ? call.whole(3) : 1
  if (occurrence < 1) throw cannotRun('REGEXP_SUBSTR with this occurrence')
  return emitted(`regexp_extract_all(${s.text}, ${p.text}, ${group})[${occurrence}]`, 'text', [s, p])
}

/** `REGEXP_SUBSTR_ALL`: every match, as an array. */
export function regexpSubstrAll(call: Call): Emitted {
  if (call.args.length > 2) throw cannotRun('REGEXP_SUBSTR_ALL with more than two arguments')
  const [s, p] = [asText(call.arg(0)), searched(call.arg(1), 'c')]
  return emitted(`to_json(regexp_extract_all(${s.text}, ${p.text}))`, 'json', [s, p])
}

/** `REGEXP_REPLACE(s, p [, replacement [, position [, occurrence [, params]]]])`: all occurrences unless one is named. */
export function regexpReplace(call: Call): Emitted {
  const position = call.args.length > 3 ? call.whole(3) : 1
  const occurrence = call.args.length > 4 ? call.whole(4) : 0
  if (position !== 1 || occurrence > 1 || occurrence < 0)
    throw cannotRun('REGEXP_REPLACE from a position or of a later occurrence')
  const r = call.args.length > 2 ? asText(call.arg(2)) : textConstant('')
  const pattern = r.constant === '' && occurrence === 0 ? flagged : searched
  const [s, p] = [asText(call.arg(0)), pattern(call.arg(1), parametersAt(call, 5))]
  assertReplacement(r)
  return emitted(`regexp_replace(${s.text}, ${p.text}, ${r.text}${occurrence === 0 ? ", 'g'" : ''})`, 'text', [s, p, r])
}

/** Only `\\1` to `\\9` are known to mean the same to both. */
function assertReplacement(r: Emitted): void {
  if (r.text === 'NULL') return
  if (typeof r.constant !== 'string') throw cannotRun('REGEXP_REPLACE by computed text')
  if (/\\([^1-9]|$)/.test(r.constant)) throw cannotRun(`the replacement '${r.constant}'`)
}

/** `REGEXP_COUNT(s, p [, position [, params]])`. */
export function regexpCount(call: Call): Emitted {
  const [s, p] = [from(call, 2), searched(call.arg(1), parametersAt(call, 3))]
  return emitted(`len(regexp_extract_all(${s.text}, ${p.text}))`, 'number', [s, p], { scale: whole })
}

/** `REGEXP_INSTR(s, p)`: the 1-based place of the first match, 0 where there is none. */
export function regexpInstr(call: Call): Emitted {
  if (call.args.length > 2) throw cannotRun('REGEXP_INSTR with more than two arguments')
  return macro('sf_regexp_instr', [asText(call.arg(0)), searched(call.arg(1), 'c')], 'number', {
    scale: whole,
    times: 3,
  })
}

/** Macros of these functions alone. */
export const regularExpressionMacros = {
  // Patterns that match empty text: Snowflake's count of such matches is not known.
  sf_pattern: `(p) AS CASE WHEN regexp_matches('', p) THEN ${refusal('a search for a pattern that matches empty text', 'VARCHAR')} ELSE p END`,
  sf_regexp_instr: `(x, p) AS CASE WHEN regexp_matches(x, p) THEN length(regexp_extract(x, '^((?s:.*?))(?:' || p || ')', 1)) + 1
     WHEN x IS NOT NULL AND p IS NOT NULL THEN 0 END`,
} satisfies Macros
