import { autocompletion, closeCompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { sql as sqlLanguage } from '@codemirror/lang-sql'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { Problem } from '../../contract/problem.ts'
import type { ApiClient } from '../transport/api-client.ts'
import { makeNameSearch, sqlName, type NameSearch } from './name-search.ts'
import { snowflakeDialect, sqlColours } from './snowflake-language.ts'
import { faultTooltip, markField, marksOf, setMarks, useLiveCheck } from './sql-marks.ts'
import { makeCompletionSource, type SqlNames } from './sql-completion.ts'
import { sqlTheme } from './sql-theme.ts'
import { threadWords } from '../words/thread.ts'

export interface SqlEditorProps {
  /** The text as it is; the editor begins with it. */
  readonly sql: string
  readonly onChange: (sql: string) => void
  /** Ctrl or Cmd with Enter, pressed in the editor. */
  readonly onRun: () => void
  /** Esc, pressed where it closes no list. */
  readonly onLeave: () => void
  /** Why the text was refused, marked at its places until the text is changed. */
  readonly problem: Problem | null
  /** Where names come from; without it keywords and functions are completed. */
  readonly api: ApiClient
  readonly connection: string
  /** Puts another text into the editor, as one step that can be undone. */
  readonly replaced: { readonly sql: string } | null
}

/** An editor for one query. It lives in a shadow root, where its style sheets need no exception from the page's policy. */
export function SqlEditor(props: SqlEditorProps) {
  const { sql, problem, replaced, api, connection } = props
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(null)
  const names = useSqlNames(api, connection)
  const latest = useRef({ ...props, names })
  useEffect(() => {
    latest.current = { ...props, names }
  })
  const begin = useRef(sql)
  useEffect(() => {
    if (host.current === null) return undefined
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({ doc: begin.current, extensions: extensions(() => latest.current) }),
    })
    editor.current = view
    view.focus()
    return () => {
      editor.current = null
      view.destroy()
    }
  }, [])
  useEffect(() => {
    const view = editor.current
    if (view === null) return
    const marks = marksOf(problem, view.state.doc.length)
    const [first] = marks
    view.dispatch({
      effects: [setMarks.of(marks), ...(first === undefined ? [] : [EditorView.scrollIntoView(first.start)])],
    })
  }, [problem])
  useEffect(() => {
    const view = editor.current
    if (view === null || replaced === null || view.state.doc.toString() === replaced.sql) return
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: replaced.sql }, userEvent: 'input.format' })
    view.focus()
  }, [replaced])
  const fault = useLiveCheck({ api, connection, sql }, editor)
  return (
    <>
      <div ref={host} className="bg-code" />
      <output lang="en" className="block border-t border-line px-4 py-1.5 text-xs text-warn empty:hidden">
        {problem === null && fault}
      </output>
    </>
  )
}

const fiveMinutes = 5 * 60_000

/** The names of a connection, fetched when they are first wanted. Completion goes on without those that cannot be had. */
function useSqlNames(api: ApiClient, connection: string): SqlNames {
  const queries = useQueryClient()
  return useMemo(() => {
    const searches = new WeakMap<object, NameSearch>()
    return {
      search: async () => {
        const names = await queries
          .fetchQuery({
            queryKey: ['catalog-names', connection],
            queryFn: ({ signal }) => api.catalog.names({ connection }, { signal }),
            staleTime: fiveMinutes,
          })
          .catch(() => null)
        if (names === null) return null
        const search = searches.get(names) ?? makeNameSearch(names.schemas ?? [])
        searches.set(names, search)
        return search
      },
      columns: async (path) => {
        const table = await queries
          .fetchQuery({
            queryKey: ['catalog-table', connection, path],
            queryFn: ({ signal }) => api.catalog.table({ connection, name: asWritten(path) }, { signal }),
            staleTime: fiveMinutes,
            retry: false,
          })
          .catch(() => null)
        return table?.columns ?? []
      },
    }
  }, [queries, api, connection])
}

/** Words that stand in SQL without quotes are names in upper case. */
const asWritten = (path: readonly string[]): string =>
  sqlName(path.map((part) => (/^[a-z_][a-z0-9_$]*$/i.test(part) ? part.toUpperCase() : part)))

/** Left to itself, the browser keeps the style of a selection that is typed over as an inline style, which the page's policy refuses. */
const replaceSelectionOurselves = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.data === null || !event.cancelable) return false
    const { from, to } = selectedRange(view)
    if (from === to) return false
    event.preventDefault()
    const selection = { anchor: from + event.data.length }
    view.dispatch({
      changes: { from, to, insert: event.data },
      selection,
      userEvent: 'input.type',
      scrollIntoView: true,
    })
    return true
  },
})

/** What is selected now: the editor may not have heard yet of a selection made a moment ago. */
function selectedRange(view: EditorView): { readonly from: number; readonly to: number } {
  const { main } = view.state.selection
  // What the editor knows goes first: it reaches beyond the lines that are drawn.
  if (!main.empty) return main
  const root = view.root as ShadowRoot & Partial<Pick<Document, 'getSelection'>>
  const selection = root.getSelection?.() ?? null
  if (selection === null || !view.contentDOM.contains(selection.anchorNode)) return main
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection
  if (anchorNode === null || focusNode === null) return main
  const ends = [view.posAtDOM(anchorNode, anchorOffset), view.posAtDOM(focusNode, focusOffset)]
  return { from: Math.min(...ends), to: Math.max(...ends) }
}

type Latest = () => Pick<SqlEditorProps, 'onChange' | 'onRun' | 'onLeave'> & { readonly names: SqlNames }

/** The editor's own keys stay in it: Ctrl+Enter runs this text and Esc leaves it, whatever else listens on the page. */
const ownKeys = (latest: Latest): Extension =>
  EditorView.domEventHandlers({
    keydown: (event, view) => {
      const runs = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
      const leaves = event.key === 'Escape'
      if (event.isComposing || !(runs || leaves)) return false
      event.preventDefault()
      event.stopPropagation()
      if (runs) latest().onRun()
      else if (completionStatus(view.state) === 'active') closeCompletion(view)
      else latest().onLeave()
      return true
    },
  })

const extensions = (latest: Latest): Extension => [
  ownKeys(latest),
  lineNumbers(),
  history(),
  drawSelection(),
  bracketMatching(),
  highlightActiveLine(),
  sqlLanguage({ dialect: snowflakeDialect, upperCaseKeywords: true }),
  syntaxHighlighting(sqlColours),
  autocompletion({
    override: [(context) => makeCompletionSource(latest().names)(context)],
    icons: false,
    defaultKeymap: false,
  }),
  // Tab stays with the browser: whoever came by keyboard must be able to leave.
  keymap.of([...completionKeymap, ...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter'), ...historyKeymap]),
  EditorView.contentAttributes.of({ 'aria-label': threadWords.sqlEditor, spellcheck: 'false', tabindex: '0' }),
  replaceSelectionOurselves,
  markField,
  faultTooltip,
  EditorView.updateListener.of((update) => {
    if (update.docChanged) latest().onChange(update.state.doc.toString())
  }),
  sqlTheme,
]
