import { clsx } from 'clsx'
import { createContext, use, useEffect, useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react'
import { wordsLeftOver, type LedgerEntry, type LedgerSpan } from '../../contract/ledger.ts'
import { say } from '../words/language.ts'
import { threadWords } from '../words/thread.ts'

const words = threadWords.ledger

type Side = 'question' | 'query'

/** What is pointed at, by mouse or by focus: the entries that belong to it, by position. */
interface Pointed {
  readonly side: Side
  readonly entries: readonly number[]
}

interface LedgerState {
  readonly question: string
  readonly sql: string
  readonly entries: readonly LedgerEntry[]
  readonly pointed: Pointed | null
  /** Whether the query is on the page, so that pointing at a word shows something. */
  readonly isQueryShown: boolean
  /** The one part of each side that Tab reaches; arrow keys reach the others. */
  readonly stops: Readonly<Record<Side, number>>
  readonly hover: (pointed: Pointed | null) => void
  readonly focus: (pointed: Pointed | null, stop?: number) => void
  readonly showQuery: (isShown: boolean) => void
}

const LedgerContext = createContext<LedgerState | null>(null)

export interface QuestionLedgerProps {
  readonly question: string | null
  readonly sql: string | null
  readonly entries: readonly LedgerEntry[]
  readonly children: ReactNode
}

/** Lets the words of a question and the parts of its query mark each other, wherever below they are shown. */
export function QuestionLedger({ question, sql, entries, children }: QuestionLedgerProps) {
  const [hovered, setHovered] = useState<Pointed | null>(null)
  const [focused, setFocused] = useState<Pointed | null>(null)
  const [stops, setStops] = useState<Readonly<Record<Side, number>>>({ question: 0, query: 0 })
  const [isQueryShown, setQueryShown] = useState(false)
  const state = useMemo<LedgerState | null>(() => {
    if (question === null || sql === null || entries.length === 0) return null
    return {
      question,
      sql,
      entries,
      pointed: hovered ?? focused,
      isQueryShown,
      stops,
      hover: setHovered,
      focus(pointed, stop) {
        setFocused(pointed)
        if (pointed !== null && stop !== undefined) setStops((known) => ({ ...known, [pointed.side]: stop }))
      },
      showQuery: setQueryShown,
    }
  }, [question, sql, entries, hovered, focused, isQueryShown, stops])
  return <LedgerContext value={state}>{children}</LedgerContext>
}

/** A stretch of a text that the same entries of the ledger cover. */
export interface Piece extends LedgerSpan {
  readonly text: string
  readonly entries: readonly number[]
}

/** Cuts a text wherever a span begins or ends; the texts of the pieces joined are the text given. Spans outside the text are left out. */
export function cutIntoPieces(text: string, spans: readonly (LedgerSpan & { readonly entry: number })[]): Piece[] {
  const known = spans.filter(({ from, to }) => from < to && to <= text.length)
  const cuts = [...new Set([0, text.length, ...known.flatMap(({ from, to }) => [from, to])])].toSorted((a, b) => a - b)
  const pieces: Piece[] = []
  for (const [at, from] of cuts.entries()) {
    const to = cuts[at + 1]
    if (to === undefined) break
    const covering = known.filter((span) => span.from <= from && span.to >= to).map(({ entry }) => entry)
    const entries = [...new Set(covering)]
    const last = pieces.at(-1)
    if (last !== undefined && String(last.entries) === String(entries))
      pieces[pieces.length - 1] = { ...last, to, text: last.text + text.slice(from, to) }
    else pieces.push({ from, to, text: text.slice(from, to), entries })
  }
  return pieces
}

/** The question with its accounted words; plain text where there is no ledger. */
export function LedgerQuestion({ text }: { readonly text: string }) {
  const state = use(LedgerContext)
  if (state === null || state.question !== text) return text
  const { entries, isQueryShown } = state
  const open = new Set(wordsLeftOver(entries))
  const spans = entries.flatMap((entry, position) => (quotes(text, entry) ? [{ ...entry, entry: position }] : []))
  const answers = (piece: Piece): readonly string[] => piece.entries.flatMap((entry) => answersOf(state, entry))
  const pieces = cutIntoPieces(text, spans)
  const focusable = pieces.filter((piece) => isQueryShown && answers(piece).length > 0)
  return pieces.map((piece) => {
    const isOpen = piece.entries.some((entry) => entries[entry]?.answeredBy === null && open.has(entries[entry].text))
    if (isOpen) return <LeftOver key={piece.from} text={piece.text} />
    const place = focusable.indexOf(piece)
    return place < 0 ? (
      piece.text
    ) : (
      <Part
        key={piece.from}
        side="question"
        piece={piece}
        place={place}
        told={say(words.answeredBy, { parts: listed(answers(piece)) })}
      >
        {piece.text}
      </Part>
    )
  })
}

const quotes = (question: string, { from, to, text }: LedgerEntry): boolean => question.slice(from, to) === text

/** What answers an entry, as text: parts of the query, or an assumption. */
function answersOf({ entries, sql }: LedgerState, position: number): readonly string[] {
  const answer = entries[position]?.answeredBy ?? null
  if (answer === null) return []
  return typeof answer === 'string'
    ? [say(words.assumption, { text: answer })]
    : answer.map(({ from, to }) => sql.slice(from, to))
}

const listed = (texts: readonly string[]): string => [...new Set(texts)].join(', ')

function LeftOver({ text }: { readonly text: string }) {
  return (
    <span
      title={words.leftOver}
      className="underline decoration-warn decoration-dashed decoration-2 underline-offset-4"
    >
      {text}
    </span>
  )
}

/** The pieces of a query that answer words of its question; null where the page knows no ledger of that query. */
export function useQueryPieces(sql: string): readonly Piece[] | null {
  const state = use(LedgerContext)
  const known = state?.sql === sql ? state : null
  const showQuery = known?.showQuery
  useEffect(() => {
    showQuery?.(true)
    return () => showQuery?.(false)
  }, [showQuery])
  const entries = known?.entries ?? null
  return useMemo(() => {
    if (entries === null) return null
    const spans = entries.flatMap(({ answeredBy }, entry) =>
      Array.isArray(answeredBy) ? answeredBy.map((span) => ({ ...span, entry })) : [],
    )
    return cutIntoPieces(sql, spans)
  }, [sql, entries])
}

/** Whether words of the question are pointed at, so that the query may bring its marked parts into sight. */
export const useIsPointedAt = (): boolean => use(LedgerContext)?.pointed?.side === 'question'

export interface QueryPartProps {
  readonly piece: Piece
  /** Its place among the pieces that answer something. */
  readonly place: number
  readonly children: ReactNode
}

/** A part of a query that answers words of the question. */
export function QueryPart({ piece, place, children }: QueryPartProps) {
  const entries = use(LedgerContext)?.entries ?? []
  const quoted = piece.entries.map((entry) => say(words.quoted, { text: entries[entry]?.text ?? '' }))
  return (
    <Part side="query" piece={piece} place={place} told={say(words.answers, { words: listed(quoted) })}>
      {children}
    </Part>
  )
}

interface PartProps {
  readonly side: Side
  readonly piece: Piece
  readonly place: number
  /** What it belongs to, for those who do not see the marks. */
  readonly told: string
  readonly children: ReactNode
}

function Part({ side, piece: { entries }, place, told, children }: PartProps) {
  const state = use(LedgerContext)
  const description = useId()
  const isMarked = state?.pointed?.entries.some((entry) => entries.includes(entry)) ?? false
  const pointed = { side, entries }
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- pointing at it shows what it belongs to; there is nothing to press */}
      <span
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the same is shown while it has the focus
        tabIndex={state?.stops[side] === place ? 0 : -1}
        data-part={side}
        data-marked={isMarked ? '' : undefined}
        aria-describedby={description}
        onPointerEnter={() => state?.hover(pointed)}
        onPointerLeave={() => state?.hover(null)}
        onFocus={() => state?.focus(pointed, place)}
        onBlur={() => state?.focus(null)}
        onKeyDown={moveFocus}
        className={clsx(
          'rounded-sm decoration-dotted underline-offset-4',
          isMarked ? 'bg-mark text-fg underline' : 'group-hover/ledger:underline',
        )}
      >
        {children}
      </span>
      <span hidden id={description}>
        {place === 0 ? `${told} Arrow keys lead to the other parts.` : told}
      </span>
    </>
  )
}

/** Arrow keys move among the parts of the same text. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  const group = event.currentTarget.closest('[data-parts]')
  if (step === undefined || group === null || event.ctrlKey || event.metaKey || event.altKey) return
  const parts = [...group.querySelectorAll<HTMLElement>('[data-part]')]
  const next = parts[parts.indexOf(event.currentTarget) + step]
  event.preventDefault()
  event.stopPropagation()
  next?.focus()
}

/** An assumption, marked while a word that it answers is pointed at. */
export function LedgerAssumption({ text }: { readonly text: string }) {
  const state = use(LedgerContext)
  const isMarked = state?.pointed?.entries.some((entry) => state.entries[entry]?.answeredBy === text) ?? false
  return (
    <span
      data-marked={isMarked ? '' : undefined}
      className={clsx('rounded-sm', isMarked && 'bg-mark text-fg underline')}
    >
      {text}
    </span>
  )
}
