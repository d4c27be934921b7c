import type { Token } from './scan-sql.ts'
import { expressionWorkarounds } from './workarounds/expression-workarounds.ts'
import { nameWorkarounds } from './workarounds/name-workarounds.ts'
import { sign, type ParserName, type TokenEdit, type Workaround } from './workarounds/workaround.ts'

/** A text rewritten for one parser, with the mapping of its offsets to the source. */
export interface ParserInput {
  readonly text: string
  /** An offset in `text` as an offset in the source. */
  readonly toSource: (offset: number) => number
  /** What was rewritten for this parser. */
  readonly rewritten: readonly Workaround[]
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Rewrites what a parser cannot read although Snowflake can: each workaround is a narrow pattern of tokens, replaced in what that parser is given
 * by something that reads the same tables and calls the same functions. What runs in Snowflake is always the source. With `onlyExact`, only those
 * are used whose replacement also means exactly the same.
 */
export function parserInput(
  sql: string,
  tokens: readonly Token[],
  parser: ParserName,
  { onlyExact = false }: { readonly onlyExact?: boolean } = {},
): ParserInput {
  const edits: Edit[] = []
  const rewritten: Workaround[] = []
  const workarounds = workaroundsStartingAt(tokens, parser)
  for (let at = 0; at < tokens.length; at += 1) {
    for (const workaround of workarounds(at)) {
      if (onlyExact && !workaround.isExact) continue
      const found = workaround.find(tokens, at)
      if (found === null) continue
      rewritten.push(workaround)
      edits.push(...found.flatMap((edit) => editOf(edit, tokens)))
      at += (found.find(({ from }) => from === at)?.count ?? 1) - 1
      break
    }
  }
  return { ...applyEdits(sql, edits), rewritten }
}

/** For each token of a text, the workarounds whose pattern may start there. */
function workaroundsStartingAt(tokens: readonly Token[], parser: ParserName): (at: number) => readonly Workaround[] {
  const byStart = new Map<string, Workaround[]>()
  for (const workaround of [...nameWorkarounds, ...expressionWorkarounds].filter(({ parsers }) =>
    parsers.includes(parser),
  ))
    for (const start of workaround.starts.split(' ')) byStart.set(start, [...(byStart.get(start) ?? []), workaround])
  const accented = byStart.get('') ?? []
  return (at) => {
    const token = tokens[at]
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'symbol')) return []
    if (token.kind === 'word' && /[^\w$]/.test(token.text)) return accented
    return byStart.get(sign(token)) ?? []
  }
}

function editOf({ from, count, text }: TokenEdit, tokens: readonly Token[]): readonly Edit[] {
  const [first, last] = [tokens[from], tokens[from + count - 1]]
  return first === undefined || last === undefined ? [] : [{ start: first.start, end: last.end, text }]
}

/** Applies edits in the order of the text. An edit that overlaps an earlier one is skipped. */
function applyEdits(sql: string, edits: readonly Edit[]): Pick<ParserInput, 'text' | 'toSource'> {
  const pieces: string[] = []
  const shifts: { readonly from: number; readonly to: number; readonly source: Edit }[] = []
  let at = 0
  let length = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) continue
    pieces.push(sql.slice(at, edit.start), edit.text)
    const from = length + edit.start - at
    length = from + edit.text.length
    shifts.push({ from, to: length, source: edit })
    at = edit.end
  }
  const toSource = (offset: number): number => {
    const last = shifts.findLast((shift) => shift.from <= offset)
    if (last === undefined) return offset
    if (offset >= last.to) return last.source.end + offset - last.to
    return offset === last.from ? last.source.start : last.source.end
  }
  return { text: [...pieces, sql.slice(at)].join(''), toSource }
}
