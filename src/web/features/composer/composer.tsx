import { Switch } from '@base-ui/react/switch'
import { ArrowUp, Sparkles, Square } from 'lucide-react'
import { useState, type ComponentProps, type RefObject } from 'react'
import type { WriterSummary } from '../../../contract/api.ts'
import { maxQuestionLength } from '../../../contract/command.ts'

export interface ComposerProps {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onText: (text: string) => void
  readonly onAsk: (question: string) => void
  /** Given while something runs that can be stopped. */
  readonly onStop: (() => void) | null
  readonly autoRun: boolean
  readonly onAutoRun: (autoRun: boolean) => void
  /** Who can write the queries. */
  readonly writers: readonly WriterSummary[]
  /** The writer's id that is chosen. */
  readonly writer: string
  readonly onWriter: (id: string) => void
}

/** Where questions are written. What was typed stays until it has been sent. */
export function Composer(props: ComposerProps) {
  const { box, text, onText, onAsk, onStop } = props
  const [fault, setFault] = useState<string | null>(null)
  const send = (): void => {
    const found =
      onStop === null ? questionFault(text) : 'One question at a time: wait for the answer, or stop it first.'
    setFault(found)
    if (found !== null) return box.current?.focus()
    onAsk(text.trim())
    onText('')
    // On touch screens the keyboard covers half of the answer.
    if (matchMedia('(pointer: coarse)').matches) box.current?.blur()
  }
  const change = (next: string): void => {
    onText(next)
    if (fault !== null) setFault(next.length > maxQuestionLength ? questionFault(next) : null)
  }
  return (
    <form
      aria-label="Ask a question"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="flex flex-col gap-1.5 rounded-2xl border border-line-strong bg-input p-2.5 shadow-[0_8px_24px_#00000066] focus-within:border-focus focus-within:outline-1 focus-within:outline-focus"
    >
      <QuestionBox ref={box} text={text} isFaulty={fault !== null} onText={change} onSend={send} />
      {fault !== null && (
        <p id="question-fault" role="alert" className="px-1.5 text-sm text-bad">
          {fault}
        </p>
      )}
      <ComposerBar {...props} empty={text.trim() === ''} />
    </form>
  )
}

/** Why a text cannot be asked, and what to do; null when it can. */
export function questionFault(text: string): string | null {
  const { length } = text.trim()
  if (length === 0) return 'The question is empty. Write what you want to know.'
  if (length <= maxQuestionLength) return null
  const [has, most] = [length, maxQuestionLength].map((count) => count.toLocaleString('en-US'))
  return `This is too long for a question: ${has} characters. Shorten it to at most ${most}; nothing was sent.`
}

interface QuestionBoxProps extends Pick<ComponentProps<'textarea'>, 'ref'> {
  readonly text: string
  readonly isFaulty: boolean
  readonly onText: (text: string) => void
  readonly onSend: () => void
}

const QuestionBox = ({ ref, text, isFaulty, onText, onSend }: QuestionBoxProps) => (
  <textarea
    ref={ref}
    id="question"
    aria-label="Your question"
    aria-describedby={isFaulty ? 'question-fault' : undefined}
    aria-invalid={isFaulty}
    rows={1}
    dir="auto"
    value={text}
    placeholder="Ask a question about your data"
    onChange={(event) => onText(event.target.value)}
    onKeyDown={(event) => {
      // Key code 229 marks keys of an input method in browsers that set `isComposing` too late.
      if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
      event.preventDefault()
      onSend()
    }}
    className="field-sizing-content max-h-45 min-h-8 w-full resize-none bg-transparent px-1.5 py-1 text-base text-fg outline-none placeholder:text-fg-3"
  />
)

function ComposerBar(props: ComposerProps & { readonly empty: boolean }) {
  const { autoRun, onAutoRun, onStop, empty } = props
  return (
    <div className="flex items-center gap-x-4 gap-y-1 pl-1.5">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1">
        <AutoRunSwitch checked={autoRun} onChange={onAutoRun} />
        <WriterChoice {...props} />
      </div>
      <p className="text-xs text-fg-3 max-md:hidden">
        {onStop === null ? 'Enter to send · Shift+Enter for a new line' : 'Esc to stop'}
      </p>
      {onStop === null ? <SendButton empty={empty} /> : <StopButton onStop={onStop} />}
    </div>
  )
}

const roundButton =
  'flex size-9 shrink-0 items-center justify-center rounded-full transition-colors pointer-coarse:size-11'

const SendButton = ({ empty }: { readonly empty: boolean }) => (
  <button
    type="submit"
    aria-label="Send"
    aria-disabled={empty}
    className={`${roundButton} bg-accent text-white hover:bg-accent-hover aria-disabled:bg-accent/45 aria-disabled:text-fg-2`}
  >
    <ArrowUp size={18} aria-hidden />
  </button>
)

const StopButton = ({ onStop }: { readonly onStop: () => void }) => (
  <button
    type="button"
    aria-label="Stop"
    title="Stop (Esc)"
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
    title="Runs queries that were checked to only read, without waiting for you"
    className="flex min-h-8 cursor-pointer items-center gap-2 text-sm text-fg-2 select-none"
  >
    <Switch.Root
      checked={checked}
      onCheckedChange={onChange}
      className="flex h-5 w-9 shrink-0 cursor-pointer items-center rounded-full border border-line-strong bg-active px-px transition-colors data-checked:border-accent data-checked:bg-accent"
    >
      <Switch.Thumb className="size-4 rounded-full bg-white transition-transform data-checked:translate-x-4 forced-colors:bg-[ButtonText]" />
    </Switch.Root>
    Run without asking
  </label>
)

/** Who turns questions into SQL: named when there is one, to be chosen when there are several. */
function WriterChoice({ writers, writer, onWriter }: Pick<ComposerProps, 'writers' | 'writer' | 'onWriter'>) {
  const only = writers[0]
  if (only === undefined) return null
  if (writers.length === 1)
    return (
      <p className="flex min-w-0 items-center gap-1.5 text-xs text-fg-3" title="Who turns your question into a query">
        <Sparkles size={13} aria-hidden className="shrink-0" />
        <span className="truncate">Written by: {only.label}</span>
      </p>
    )
  return (
    <label className="flex items-center gap-1.5 text-xs text-fg-3">
      <Sparkles size={13} aria-hidden />
      <span className="sr-only">Written by</span>
      <select
        value={writer}
        onChange={(event) => onWriter(event.target.value)}
        className="min-h-7 max-w-52 rounded-md border border-line bg-raised px-1.5 text-xs text-fg-2 pointer-coarse:min-h-9"
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
