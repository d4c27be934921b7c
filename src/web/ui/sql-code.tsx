import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import { threadWords } from '../words/thread.ts'
import { QueryPart, useIsPointedAt, useQueryPieces } from './question-ledger.tsx'

const colours: Readonly<Record<SqlTokenKind, string | null>> = {
  keyword: 'text-sql-keyword',
  function: 'text-sql-function',
  string: 'text-sql-string',
  number: 'text-sql-number',
  comment: 'text-sql-comment',
  punctuation: 'text-sql-punctuation',
  name: null,
  space: null,
}

export interface SqlCodeProps {
  readonly sql: string
  /** Still growing: keeps its end in sight and shows a caret. */
  readonly streaming?: boolean
}

/** SQL to read, coloured, in a box that never grows over 320 px. */
export function SqlCode({ sql, streaming = false }: SqlCodeProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (streaming && sql !== '' && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [streaming, sql])
  const isPointedAt = useIsPointedAt()
  useEffect(() => {
    const part = isPointedAt ? box.current?.querySelector<HTMLElement>('[data-marked]') : null
    if (part !== null && part !== undefined && box.current !== null) scrollInto(box.current, part)
  })
  return (
    // A group and no landmark: a conversation holds many of these, and landmarks of one name cannot be told apart.
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset cannot scroll in every browser
      role="group"
      ref={box}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={threadWords.sqlText}
      data-parts
      className="group/ledger max-h-80 overflow-auto bg-code px-4 py-3 -outline-offset-2"
    >
      <pre className="sql-text">
        <code>
          {useColoured(sql)}
          {streaming && <Caret />}
        </code>
      </pre>
    </div>
  )
}

/** Scrolls a box, and nothing around it, until a part of it is in sight. */
function scrollInto(box: HTMLElement, part: HTMLElement): void {
  const [outer, inner] = [box.getBoundingClientRect(), part.getBoundingClientRect()]
  if (inner.top < outer.top || inner.bottom > outer.bottom)
    box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2
  if (inner.left < outer.left || inner.right > outer.right)
    box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2
}

/** A text in its colours, with the parts that answer words of the question; finished text is coloured once. */
function useColoured(sql: string): readonly ReactNode[] {
  const pieces = useQueryPieces(sql)
  return useMemo(() => {
    const tokens = tokenizeSql(sql)
    if (pieces === null) return coloured(tokens)
    const answering = pieces.filter(({ entries }) => entries.length > 0)
    return pieces.map((piece) => {
      const within = coloured(tokensWithin(tokens, piece.from, piece.to))
      const place = answering.indexOf(piece)
      return place < 0 ? (
        within
      ) : (
        <QueryPart key={piece.from} piece={piece} place={place}>
          {within}
        </QueryPart>
      )
    })
  }, [sql, pieces])
}

const coloured = (tokens: readonly SqlToken[]): readonly ReactNode[] =>
  tokens.map(({ kind, text, start }) => {
    const colour = colours[kind]
    return colour === null ? (
      text
    ) : (
      <span key={start} className={colour}>
        {text}
      </span>
    )
  })

/** The tokens between two places, cut where one reaches over an end. */
const tokensWithin = (tokens: readonly SqlToken[], from: number, to: number): readonly SqlToken[] =>
  tokens.flatMap((token) => {
    const text = token.text.slice(Math.max(0, from - token.start), Math.max(0, to - token.start))
    return text === '' ? [] : [{ ...token, text, start: Math.max(from, token.start) }]
  })

const Caret = () => (
  <span aria-hidden className="ml-px inline-block h-4 w-1.5 animate-blink bg-accent-text align-text-bottom" />
)

/** What a piece of SQL is, for its colour. */
export type SqlTokenKind = 'keyword' | 'function' | 'string' | 'number' | 'comment' | 'punctuation' | 'name' | 'space'

interface SqlToken {
  readonly kind: SqlTokenKind
  readonly text: string
  /** Where it begins. */
  readonly start: number
}

const keywords = new Set(
  `SELECT FROM WHERE GROUP BY ORDER HAVING QUALIFY LIMIT OFFSET FETCH FIRST NEXT ROWS ROW ONLY TOP WITH RECURSIVE AS ON USING JOIN
  INNER LEFT RIGHT FULL OUTER CROSS NATURAL LATERAL ASOF MATCH_CONDITION UNION ALL INTERSECT EXCEPT MINUS DISTINCT AND OR NOT IN IS
  NULL LIKE ILIKE RLIKE BETWEEN EXISTS ANY SOME CASE WHEN THEN ELSE END CAST TRY_CAST OVER PARTITION WINDOW RANGE UNBOUNDED PRECEDING
  FOLLOWING CURRENT ASC DESC NULLS LAST TRUE FALSE INTERVAL VALUES PIVOT UNPIVOT SAMPLE TABLESAMPLE AT BEFORE EXCLUDE RENAME REPLACE
  ROLLUP CUBE GROUPING SETS WITHIN ESCAPE COLLATE DATE TIME TIMESTAMP FOR INSERT UPDATE DELETE MERGE CREATE DROP ALTER TRUNCATE INTO
  SET TABLE VIEW ILIKE`.match(/\w+/g),
)

// Each way to begin has its way to end or runs to the end of the text, so half-written SQL is coloured too.
const pattern =
  /(?<comment>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:''|\\[\s\S]|[^'\\])*(?:'|$)|\$\$[\s\S]*?(?:\$\$|$))|(?<quoted>"(?:""|[^"])*(?:"|$))|(?<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\.\d+\b)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<space>\s+)|(?<punctuation>[^\p{L}_\s\d'"$]|[\s\S])/gu

/** Longer text stays plain: colouring it would take longer than reading its first page. */
const maxColoured = 40_000

/** Splits SQL into coloured pieces; their texts joined are the text given, whatever it is. */
export function tokenizeSql(sql: string): readonly SqlToken[] {
  if (sql.length > maxColoured) return [{ kind: 'name', text: sql, start: 0 }]
  return [...sql.matchAll(pattern)].map((match) => {
    const text = match[0]
    return { kind: kindOf(match.groups ?? {}, text, sql, match.index + text.length), text, start: match.index }
  })
}

function kindOf(groups: Record<string, string | undefined>, text: string, sql: string, end: number): SqlTokenKind {
  if (groups['word'] !== undefined) {
    if (keywords.has(text.toUpperCase())) return 'keyword'
    return /^\s*\(/.test(sql.slice(end, end + 8)) ? 'function' : 'name'
  }
  if (groups['comment'] !== undefined) return 'comment'
  if (groups['string'] !== undefined) return 'string'
  if (groups['number'] !== undefined) return 'number'
  if (groups['space'] !== undefined) return 'space'
  return groups['quoted'] === undefined ? 'punctuation' : 'name'
}
