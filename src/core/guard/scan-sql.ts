import type { Span } from '../../contract/problem.ts'

/** A piece of Snowflake text. `start` and `end` are UTF-16 offsets, end exclusive. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'symbol'
  /** As written, quotes included. */
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface ScanFault {
  readonly fault: 'bad_character' | 'unterminated'
  readonly what: string
  readonly span: Span
}

export type Scan = { readonly ok: true; readonly tokens: readonly Token[] } | ({ readonly ok: false } & ScanFault)

type Piece = Token | 'skip' | ScanFault

const sticky = (source: string) => new RegExp(source, 'uy')
const blank = sticky(String.raw`[ \t\n]+|\r\n`)
const lineComment = sticky(String.raw`(?:--|//)[^\n]*`)
const blockComment = sticky(String.raw`/\*[^]*?\*/`)
const dollarString = sticky(String.raw`\$\$[^]*?\$\$`)
const quotedString = sticky(String.raw`'(?:[^'\\]|''|\\[^])*'`)
const quotedName = sticky(String.raw`"(?:[^"]|"")*"`)
const word = sticky(String.raw`[\p{L}_][\p{L}\p{M}\p{Nd}_$]*`)
const variable = sticky(String.raw`\$[A-Za-z_0-9][\p{L}\p{M}\p{Nd}_$]*`)
const number = sticky(String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`)
const symbol = sticky(String.raw`->>|->|=>|::|\|\||<>|!=|<=|>=|[-+*/%=<>()\[\]{},.;:|!@&?^~$#]`)

/** Characters that read differently to a person, a parser or a warehouse: controls, line separators, zero-width and direction marks. */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Cuts a text into tokens by Snowflake's lexical rules: comments do not nest, `//` begins a comment, a backslash escapes
 * inside single quotes, nothing escapes between `$$`. Comments and blanks are left out. An own reading on purpose: whatever a parser
 * calls a name has to be a token here, so a comment or string that one of them ends elsewhere shows.
 */
export function scanSql(sql: string): Scan {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const [piece, end] = readPiece(sql, at)
    if (typeof piece === 'object' && 'fault' in piece) return { ok: false, ...piece }
    if (piece !== 'skip') tokens.push(piece)
    at = end
  }
  return { ok: true, tokens }
}

const matchAt = (pattern: RegExp, sql: string, at: number): string | null => {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0] ?? null
}

const closed: readonly (readonly [RegExp, Token['kind'] | 'skip'])[] = [
  [blank, 'skip'],
  [lineComment, 'skip'],
  [blockComment, 'skip'],
  [dollarString, 'string'],
  [quotedString, 'string'],
  [quotedName, 'quoted'],
  [word, 'word'],
  [variable, 'variable'],
  [number, 'number'],
]

function readPiece(sql: string, at: number): readonly [Piece, number] {
  for (const [pattern, kind] of closed) {
    const text = matchAt(pattern, sql, at)
    if (text === null) continue
    const end = at + text.length
    const bad = kind === 'string' ? text.indexOf('\0') : hiddenIn(text, kind)
    if (bad >= 0) return [badCharacter(sql, at + bad), end]
    return [kind === 'skip' ? 'skip' : { kind, text, start: at, end }, end]
  }
  if (/^(?:'|"|\/\*|\$\$)/.test(sql.slice(at, at + 2))) return [unterminated(sql, at), sql.length]
  const text = matchAt(symbol, sql, at)
  if (text === null) return [badCharacter(sql, at), at + 1]
  return [{ kind: 'symbol', text, start: at, end: at + text.length }, at + text.length]
}

/** Where a piece holds a hidden character; comments may hold ordinary line ends and joined emoji. */
function hiddenIn(text: string, kind: Token['kind'] | 'skip'): number {
  return (kind === 'skip' ? text.replaceAll('\r\n', '\n\n').replaceAll('\u200d', ' ') : text).search(hidden)
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
