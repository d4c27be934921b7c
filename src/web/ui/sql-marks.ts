import { StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView, hoverTooltip, type DecorationSet } from '@codemirror/view'
import { useEffect, useState, type RefObject } from 'react'
import type { Mark, Problem } from '../../contract/problem.ts'
import type { ApiClient } from '../transport/api-client.ts'

/** The faults of a refusal that have a place within the text. */
export function marksOf(problem: Problem | null, length: number): readonly Mark[] {
  const own = problem?.span === undefined ? [] : [{ ...problem.span, message: problem.message }]
  const all = problem?.marks ?? own
  return all
    .map(({ start, end, message }) => ({ start: Math.min(start, length - 1), end: Math.min(end, length), message }))
    .filter(({ start, end }) => start >= 0 && start < end)
    .toSorted((a, b) => a.start - b.start)
}

export const setMarks = StateEffect.define<readonly Mark[]>()

/** The faults of the last refusal. They are about the text as it was sent, so that any change takes them away. */
export const markField = StateField.define<readonly Mark[]>({
  create: () => [],
  update: (marks, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value
    return transaction.docChanged ? [] : marks
  },
  provide: (field) =>
    EditorView.decorations.from(field, (marks): DecorationSet =>
      Decoration.set(
        marks.map(({ start, end, message }) =>
          Decoration.mark({ class: 'cm-fault', attributes: { title: message, 'aria-description': message } }).range(
            start,
            end,
          ),
        ),
      ),
    ),
})

export const faultTooltip = hoverTooltip((view, pos) => {
  const mark = view.state.field(markField).find(({ start, end }) => start <= pos && pos <= end)
  if (mark === undefined) return null
  return {
    pos: mark.start,
    end: mark.end,
    create: () => {
      const dom = document.createElement('div')
      dom.className = 'cm-fault-message'
      dom.textContent = mark.message
      return { dom }
    },
  }
})

/** Nothing was typed for this long: the text is worth a check. */
const pauseMs = 400

/**
 * Whether a text is still being written where the caret stands: the fault is at its end, or it is a query that does not say yet where its
 * columns come from.
 */
export function isUnfinished(sql: string, caret: number, { span, details = [] }: Problem): boolean {
  const length = sql.trimEnd().length
  if (caret < length || details.includes('code: writes')) return false
  return span === undefined || span.end >= length || (/^\s*(?:select|with)\b/i.test(sql) && !/\bfrom\b/i.test(sql))
}

/** Has the server judge the text while it is written and marks what would be refused; returns the main fault in words, null for none. */
export function useLiveCheck(
  { api, connection, sql }: { readonly api: ApiClient; readonly connection: string; readonly sql: string },
  editor: RefObject<EditorView | null>,
): string | null {
  const [found, setFound] = useState<{ readonly sql: string; readonly fault: string } | null>(null)
  useEffect(() => {
    const own = new AbortController()
    const check = async (): Promise<void> => {
      const { problem } = await api.sql.check({ connection, sql }, { signal: own.signal })
      const { current: view } = editor
      if (own.signal.aborted || view === null || view.state.doc.toString() !== sql || problem === null) return
      if (isUnfinished(sql, view.state.selection.main.head, problem)) return
      view.dispatch({ effects: setMarks.of(marksOf(problem, sql.length)) })
      setFound({ sql, fault: `${problem.message} ${problem.action}` })
    }
    // A check that fails marks nothing: the one before the query is proposed says why.
    const timer = sql.trim() === '' ? undefined : setTimeout(() => void check().catch(() => undefined), pauseMs)
    return () => {
      clearTimeout(timer)
      own.abort()
    }
  }, [api, connection, sql, editor])
  return found?.sql === sql ? found.fault : null
}
