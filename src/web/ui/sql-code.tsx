import { useEffect, useMemo, useRef } from 'react'
import { tokenizeSql, type SqlTokenKind } from './tokenize-sql.ts'

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
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    if (streaming && sql !== '' && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [streaming, sql])
  return (
    <section
      ref={box}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="SQL text"
      className="max-h-80 overflow-auto bg-code px-4 py-3 -outline-offset-2"
    >
      <pre className="sql-text">
        <code>
          {useColoured(sql)}
          {streaming && <Caret />}
        </code>
      </pre>
    </section>
  )
}

/** The pieces of a text in their colours; finished text is coloured once. */
const useColoured = (sql: string) =>
  useMemo(
    () =>
      tokenizeSql(sql).map(({ kind, text, start }) => {
        const colour = colours[kind]
        return colour === null ? (
          text
        ) : (
          <span key={start} className={colour}>
            {text}
          </span>
        )
      }),
    [sql],
  )

const Caret = () => (
  <span aria-hidden className="ml-px inline-block h-4 w-1.5 animate-blink bg-accent-text align-text-bottom" />
)
