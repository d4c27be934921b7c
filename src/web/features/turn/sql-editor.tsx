import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { sql as sqlLanguage, SQLDialect } from '@codemirror/lang-sql'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: 'var(--color-sql-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--color-sql-string)' },
  { tag: tags.number, color: 'var(--color-sql-number)' },
  { tag: [tags.standard(tags.name), tags.typeName], color: 'var(--color-sql-function)' },
  { tag: tags.comment, color: 'var(--color-sql-comment)' },
  { tag: [tags.punctuation, tags.operator, tags.paren, tags.bracket], color: 'var(--color-sql-punctuation)' },
])

const theme = EditorView.theme(
  {
    '&': { maxHeight: '320px', minHeight: '120px', backgroundColor: 'var(--color-code)', color: 'var(--color-fg)' },
    '&.cm-focused': { outline: 'none' },
    // Drawn over the gutter too, which an outline would pass under.
    '&.cm-focused::after': {
      content: '""',
      position: 'absolute',
      inset: '0',
      zIndex: '300',
      border: '2px solid var(--color-focus)',
      pointerEvents: 'none',
    },
    '.cm-scroller': {
      fontFamily: 'var(--font-mono)',
      fontSize: '13px',
      lineHeight: '1.65',
      fontVariantLigatures: 'none',
      overflow: 'auto',
    },
    '.cm-content': { padding: '12px 0', caretColor: 'var(--color-fg)' },
    '.cm-cursor': { borderLeftColor: 'var(--color-fg)' },
    '.cm-gutters': {
      backgroundColor: 'var(--color-code)',
      color: 'var(--color-fg-3)',
      border: 'none',
      paddingLeft: '6px',
    },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: '#ffffff0a' },
    '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: '#2f4a99 !important' },
    '&.cm-focused .cm-matchingBracket': { backgroundColor: '#ffffff22' },
  },
  { dark: true },
)

export interface SqlEditorProps {
  /** The text to begin with. */
  readonly sql: string
  readonly onChange: (sql: string) => void
}

/** An editor for one query. It lives in a shadow root, where its style sheets need no exception from the page's policy. */
export function SqlEditor({ sql, onChange }: SqlEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const begin = useRef({ sql, onChange })
  useEffect(() => {
    if (host.current === null) return undefined
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({ doc: begin.current.sql, extensions: extensions(begin.current.onChange) }),
    })
    view.focus()
    return () => view.destroy()
  }, [])
  return <div ref={host} className="bg-code" />
}

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

const keywords =
  'select from where group by order having qualify limit offset fetch first next rows row only top with recursive as on using join ' +
  'inner left right full outer cross natural lateral asof match_condition union all intersect except minus distinct and or not in is ' +
  'like ilike rlike between exists any some case when then else end cast try_cast over partition window range unbounded preceding ' +
  'following current asc desc nulls last interval values pivot unpivot sample tablesample at before exclude rename replace rollup cube ' +
  'grouping sets within escape collate for insert update delete merge create drop alter truncate into set'

const types =
  'number decimal numeric int integer bigint smallint tinyint float double real varchar char string text boolean date time timestamp ' +
  'timestamp_ntz timestamp_ltz timestamp_tz variant object array binary geography geometry vector'

const builtin =
  'abs approx_count_distinct array_agg avg ceil coalesce concat contains count current_date current_timestamp date_trunc dateadd ' +
  'datediff dayname decode dense_rank endswith extract flatten floor get_path greatest iff ifnull initcap lag last_day lead least ' +
  'length listagg lower ltrim max median min mod month monthname nvl object_construct parse_json percentile_cont quarter rank ' +
  'regexp_substr round row_number rtrim split_part startswith stddev substr substring sum table to_char to_date to_number ' +
  'to_timestamp trim try_to_number upper variance year zeroifnull'

/** Snowflake's SQL as far as an editor needs it. */
const snowflakeDialect = SQLDialect.define({
  keywords,
  types,
  builtin,
  slashComments: true,
  doubleDollarQuotedStrings: true,
  operatorChars: '*+-%<>!=&|^~/?:',
  specialVar: '$@',
  identifierQuotes: '"',
  caseInsensitiveIdentifiers: true,
})

const extensions = (onChange: (sql: string) => void): Extension => [
  lineNumbers(),
  history(),
  drawSelection(),
  bracketMatching(),
  highlightActiveLine(),
  sqlLanguage({ dialect: snowflakeDialect, upperCaseKeywords: true }),
  syntaxHighlighting(colours),
  // Tab stays with the browser: whoever came by keyboard must be able to leave.
  keymap.of([...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter'), ...historyKeymap]),
  EditorView.contentAttributes.of({ 'aria-label': 'SQL editor', spellcheck: 'false', tabindex: '0' }),
  replaceSelectionOurselves,
  EditorView.updateListener.of((update) => {
    if (update.docChanged) onChange(update.state.doc.toString())
  }),
  theme,
]
