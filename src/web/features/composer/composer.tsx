import { Switch } from '@base-ui/react/switch'
import { ArrowUp, Sparkles, Square, SquareTerminal } from 'lucide-react'
import { useState, type ReactNode, type RefObject } from 'react'
import type { WriterSummary } from '../../../contract/api.ts'
import { maxMentions, maxQuestionLength, maxSqlLength, type Mention } from '../../../contract/command.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import type { Draft } from '../../turns/drafts.ts'
import { Button } from '../../ui/button.tsx'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { mentionsIn } from './mention-text.ts'
import { QuestionBox } from './question-box.tsx'
import { composerWords as words } from '../../words/composer.ts'
import { say } from '../../words/language.ts'

const SqlBox = makeLazyPart(
  () => import('./sql-box.tsx').then((module) => module.SqlBox),
  <div id="question" tabIndex={-1} className="min-h-30" aria-busy />,
)

export interface ComposerProps {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly draft: Draft
  readonly onDraft: (change: Partial<Draft>) => void
  readonly onAsk: (question: string, mentions: readonly Mention[]) => void
  /** Has SQL checked and proposed as it is. */
  readonly onSql: (sql: string) => void
  readonly api: ApiClient
  /** The connection that is asked, whose names are offered. */
  readonly source: string
  /** Given while something runs that can be stopped. */
  readonly onStop: (() => void) | null
  readonly autoRun: boolean
  readonly onAutoRun: (autoRun: boolean) => void
  /** Who can write the queries. */
  readonly writers: readonly WriterSummary[]
  /** The writer's id that is chosen. */
  readonly writer: string
  readonly onWriter: (id: string) => void
  /** Which source is asked. */
  readonly connection: ReactNode
}

/** Where questions, or SQL in their place, are written. What was typed stays until it has been sent. */
export function Composer(props: ComposerProps) {
  const { box, draft, onDraft, api, source } = props
  const { fault, isSql, send, sendSql, change, dismiss } = useSending(props)
  return (
    <form
      aria-label={words.form}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="relative flex flex-col gap-1.5 rounded-2xl border border-line-strong bg-input p-2.5 shadow-float focus-within:border-focus focus-within:outline-1 focus-within:outline-focus"
    >
      {!draft.isSql ? (
        <QuestionBox
          box={box}
          text={draft.text}
          names={draft.names}
          isFaulty={fault !== null}
          onText={change}
          onName={(name) =>
            onDraft({ names: [...draft.names.filter(({ text }) => text !== name.text), name].slice(-maxMentions) })
          }
          onSend={send}
          api={api}
          connection={source}
        />
      ) : (
        <SqlBox
          sql={draft.sql}
          onChange={(sql) => onDraft({ sql })}
          onRun={send}
          onLeave={() => onDraft({ isSql: false })}
          api={api}
          connection={source}
        />
      )}
      {fault !== null && (
        <p id="question-fault" role="alert" className="px-1.5 text-sm text-bad">
          {fault}
        </p>
      )}
      {isSql && <SqlOffer onSql={sendSql} onAsk={dismiss} />}
      <ComposerBar {...props} empty={(draft.isSql ? draft.sql : draft.text).trim() === ''} />
    </form>
  )
}

/** What sending does, and why a text is not sent. */
function useSending({ box, draft, onDraft, onAsk, onSql, onStop }: ComposerProps) {
  const [fault, setFault] = useState<string | null>(null)
  const [isSql, setIsSql] = useState(false)
  const written = draft.isSql ? draft.sql : draft.text
  const ask = (): void => {
    onAsk(draft.text.trim(), mentionsIn(draft.text.trim(), draft.names))
    onDraft({ text: '', names: [] })
    setIsSql(false)
    // On touch screens the keyboard covers half of the answer.
    if (matchMedia('(pointer: coarse)').matches) box.current?.blur()
  }
  const sendSql = (): void => {
    onSql(written)
    onDraft(draft.isSql ? { sql: '', isSql: false } : { text: '', names: [] })
    setIsSql(false)
  }
  return {
    fault,
    isSql,
    sendSql,
    send: (): void => {
      const found = onStop === null ? (draft.isSql ? sqlFault : questionFault)(written) : words.busy
      setFault(found)
      if (found !== null) return box.current?.focus()
      if (draft.isSql) sendSql()
      else if (looksLikeSql(draft.text)) setIsSql(true)
      else ask()
    },
    /** The person says that it is a question after all. */
    dismiss: ask,
    change: (text: string): void => {
      onDraft({ text })
      setIsSql(false)
      if (fault !== null) setFault(text.length > maxQuestionLength ? questionFault(text) : null)
    },
  }
}

/** Why SQL cannot be sent, and what to do; null when it can. */
function sqlFault(sql: string): string | null {
  if (sql.trim() === '') return words.emptySql
  return sql.length <= maxSqlLength ? null : words.longSql
}

const sqlText = /^\s*(?:select\b[\s\S]+\bfrom\s+[\w."]+[\s\S]*|with\s+[\w"]+\s+as\s*\([\s\S]*)$/i
const sqlSigns = /[;*]|\w\(|,\s*\w|["'.]\w|=|\b(?:where|group\s+by|order\s+by|join|having|limit|qualify)\b/i

/** Whether a text is plainly SQL: "select customers from Germany" may still be a question. */
export const looksLikeSql = (text: string): boolean => sqlText.test(text) && sqlSigns.test(text.replace(/^\s*\w+/, ''))

interface SqlOfferProps {
  readonly onSql: () => void
  readonly onAsk: () => void
}

/** Asked before a text that is SQL is read as a question. */
const SqlOffer = ({ onSql, onAsk }: SqlOfferProps) => (
  <div role="alert" className="flex flex-wrap items-center gap-2 px-1.5 text-sm text-fg-2">
    <p className="min-w-0 flex-1 basis-60">{words.looksLikeSql}</p>
    <Button size="sm" onClick={onAsk}>
      {words.asQuestion}
    </Button>
    <Button size="sm" look="primary" onClick={onSql}>
      {words.asSql}
    </Button>
  </div>
)

/** Why a text cannot be asked, and what to do; null when it can. */
export function questionFault(text: string): string | null {
  const { length } = text.trim()
  if (length === 0) return words.emptyQuestion
  return length <= maxQuestionLength ? null : say(words.longQuestion, { length, most: maxQuestionLength })
}

function ComposerBar(props: ComposerProps & { readonly empty: boolean }) {
  const { autoRun, onAutoRun, onStop, empty, connection } = props
  return (
    // On a phone the last row holds the switches and the button to send, and nothing stands below them.
    <div className="flex items-center gap-x-3 gap-y-1 pl-0.5 max-sm:flex-wrap max-sm:pl-0">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 max-sm:contents">
        <div className="flex min-w-0 items-center gap-x-2 max-sm:basis-full">
          {connection}
          <WriterChoice {...props} />
        </div>
        <SqlSwitch {...props} />
        <AutoRunSwitch checked={autoRun} onChange={onAutoRun} />
      </div>
      {onStop !== null && <p className="text-xs text-fg-3 max-md:hidden">{words.stopHint}</p>}
      <div className="shrink-0 max-sm:ml-auto">
        {onStop === null ? <SendButton empty={empty} /> : <StopButton onStop={onStop} />}
      </div>
    </div>
  )
}

/** Changes between a question and SQL; what was written of the other stays. */
const SqlSwitch = ({ draft, onDraft }: ComposerProps) => (
  <button
    type="button"
    aria-pressed={draft.isSql}
    title={draft.isSql ? words.toQuestion : words.toSql}
    onClick={() => onDraft({ isSql: !draft.isSql })}
    className="flex min-h-8 items-center gap-1.5 rounded-md px-1.5 text-sm text-fg-2 hover:bg-hover aria-pressed:bg-accent-bg aria-pressed:text-accent-text"
  >
    <SquareTerminal size={15} aria-hidden />
    <span className="max-sm:sr-only">{words.writeSql}</span>
  </button>
)

const roundButton =
  'flex size-9 shrink-0 items-center justify-center rounded-full transition-colors pointer-coarse:size-11'

const SendButton = ({ empty }: { readonly empty: boolean }) => (
  <button
    type="submit"
    aria-label={words.send}
    aria-disabled={empty}
    className={`${roundButton} bg-accent text-white hover:bg-accent-hover aria-disabled:bg-accent/45 aria-disabled:text-fg-2`}
  >
    <ArrowUp size={18} aria-hidden />
  </button>
)

const StopButton = ({ onStop }: { readonly onStop: () => void }) => (
  <button
    type="button"
    aria-label={words.stop}
    title={words.stopKey}
    onClick={onStop}
    className={`${roundButton} border border-line-strong bg-raised text-fg hover:bg-hover`}
  >
    <Square size={14} aria-hidden fill="currentColor" />
  </button>
)

const AutoRunSwitch = ({
  checked,
  onChange,
}: {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}) => (
  // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the switch inside is the control
  <label
    title={words.autoRunAbout}
    className="flex min-h-8 cursor-pointer items-center gap-2 text-sm text-fg-2 select-none"
  >
    <Switch.Root
      checked={checked}
      onCheckedChange={onChange}
      className="flex h-5 w-9 shrink-0 cursor-pointer items-center rounded-full border border-line-strong bg-active px-px transition-colors data-checked:border-accent data-checked:bg-accent"
    >
      <Switch.Thumb className="size-4 rounded-full bg-white transition-transform data-checked:translate-x-4 forced-colors:bg-[ButtonText]" />
    </Switch.Root>
    {words.autoRun}
  </label>
)

/** Who turns questions into SQL: named when there is one, to be chosen when there are several. */
function WriterChoice({ writers, writer, onWriter }: Pick<ComposerProps, 'writers' | 'writer' | 'onWriter'>) {
  const only = writers[0]
  if (only === undefined) return null
  if (writers.length === 1)
    return (
      <p title={words.writerAbout} className="flex min-w-0 items-center gap-1.5 text-xs text-fg-3">
        <Sparkles size={13} aria-hidden className="shrink-0" />
        <span className="sr-only">{words.onlyWriter}</span>
        <span className="truncate">{only.label}</span>
      </p>
    )
  return (
    <label className="flex min-w-0 items-center gap-1.5 text-xs text-fg-3">
      <Sparkles size={13} aria-hidden className="shrink-0" />
      <span className="sr-only">{words.writer}</span>
      <select
        value={writer}
        onChange={(event) => onWriter(event.target.value)}
        className="min-h-7 max-w-52 min-w-0 rounded-md border border-line bg-raised px-1.5 text-xs text-fg-2 pointer-coarse:min-h-9"
      >
        {writers.map((each) => (
          <option key={each.id} value={each.id}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  )
}
