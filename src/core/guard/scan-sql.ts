import type { Span } from '../../contract/problem.ts'

/** A piece of Snowflake text. `start` and `end` are UTF-16 offsets, end exclusive. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'symbol'
  /** As written, quotes included. */
  readonly text: string
  /** A word in upper case; empty for anything else. */
  readonly word: string
  readonly start: number
  readonly end: number
}

export interface ScanFault {
  readonly fault: 'bad_character' | 'unterminated'
  readonly what: string
  readonly span: Span
}

export type Scan = { readonly ok: true; readonly tokens: readonly Token[] } | ({ readonly ok: false } & ScanFault)

/** One token at a time: blanks and comments, strings, quoted names, words, variables, numbers, signs. */
const piece = new RegExp(
  [
    String.raw`((?:[ \t\n]+|\r\n|--[^\n]*|//[^\n]*|/\*[^]*?\*/)+)`,
    String.raw`(\$\$[^]*?\$\$|'(?:[^'\\]|''|\\[^])*')`,
    String.raw`("(?:[^"]|"")*")`,
    String.raw`([A-Za-z_][A-Za-z0-9_$]*(?![A-Za-z0-9_$]|[^\x00-\x7f])|[\p{L}_][\p{L}\p{M}\p{Nd}_$]*)`,
    String.raw`(\$[A-Za-z_0-9][\p{L}\p{M}\p{Nd}_$]*)`,
    String.raw`((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(->>|->|=>|::|\|\||<>|!=|<=|>=|[-+*/%=<>()\[\]{},.;:|!@&?^~$#])`,
  ].join('|'),
  'uy',
)
const kinds = ['skip', 'string', 'quoted', 'word', 'variable', 'number', 'symbol'] as const

/** Characters that read differently to a person, a parser or a warehouse: controls, line separators, zero-width and direction marks. */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Cuts a text into tokens by Snowflake's lexical rules: comments do not nest, `//` begins a comment, a backslash escapes
 * inside single quotes, nothing escapes between `$$`. Comments and blanks are left out. It is independent of the parsers on purpose: every
 * name they report must be a token here, which reveals a comment or string that a parser ends elsewhere.
 */
export function scanSql(sql: string): Scan {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    piece.lastIndex = at
    const match = piece.exec(sql)
    if (match === null) return { ok: false, ...strange(sql, at) }
    const text = match[0]
    const kind = kindOf(match)
    const open = (text === '/' || text === '$') && opening.test(sql.slice(at, at + 2))
    if (open) return { ok: false, ...unterminated(sql, at) }
    const bad = kind === 'string' ? text.indexOf('\0') : hiddenIn(text, kind)
    if (bad >= 0) return { ok: false, ...badCharacter(sql, at + bad) }
    const end = at + text.length
    if (kind !== 'skip') tokens.push({ kind, text, word: kind === 'word' ? text.toUpperCase() : '', start: at, end })
    at = end
  }
  return { ok: true, tokens }
}

/** The kind whose group took part in a match. */
function kindOf(match: RegExpExecArray): (typeof kinds)[number] {
  for (let at = 0; at < kinds.length; at += 1) if (match[at + 1] !== undefined) return kinds[at] ?? 'symbol'
  return 'symbol'
}

/** Openings of comments and texts that are never closed. */
const opening = /^(?:\/\*|\$\$)/

/** The fault at a character that no token begins with. */
const strange = (sql: string, at: number): ScanFault =>
  /^['"]/.test(sql.charAt(at)) ? unterminated(sql, at) : badCharacter(sql, at)

/** Returns the index of a hidden character, or -1. Comments may contain line ends and joined emoji. */
function hiddenIn(text: string, kind: (typeof kinds)[number]): number {
  if (text === ' ' || (kind !== 'skip' && kind !== 'quoted')) return -1
  if (kind === 'quoted') return text.search(hidden)
  return text.replaceAll('\r\n', '\n\n').replaceAll('\u200d', ' ').search(hidden)
}

function badCharacter(sql: string, at: number): ScanFault {
  const point = sql.codePointAt(at) ?? 0
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  const shown = hidden.test(String.fromCodePoint(point)) || point === 0xa0 ? '' : ` (${String.fromCodePoint(point)})`
  return {
    fault: 'bad_character',
    what: `the character ${code}${shown}`,
    span: { start: at, end: at + (point > 0xffff ? 2 : 1) },
  }
}

const openings: Record<string, string> = { "'": 'A string', '"': 'A quoted name', '/': 'A comment', $: 'A $$ string' }

const unterminated = (sql: string, at: number): ScanFault => ({
  fault: 'unterminated',
  what: openings[sql[at] ?? ''] ?? 'A string',
  span: { start: at, end: sql.length },
})
