import { ArrowUp, Square } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { maxQuestionLength } from '../../../contract/command.ts'
import { Switch } from '../../ui/switch.tsx'
import { questionFault } from './question-fault.ts'

export interface ComposerProps {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onText: (text: string) => void
  readonly onAsk: (question: string) => void
  /** Given while something runs that can be stopped. */
  readonly onStop: (() => void) | null
  readonly autoRun: boolean
  readonly onAutoRun: (autoRun: boolean) => void
  /** Who writes the queries: a note, or a choice. */
  readonly writer: ReactNode
}

/** Where questions are written. What was typed stays until it has been sent. */
export function Composer(props: ComposerProps) {
  const { box, text, onText, onAsk, onStop } = props
  const [fault, setFault] = useState<string | null>(null)
  const send = (): void => {
    const found = questionFault(text)
    setFault(found)
    if (found !== null || onStop !== null) return box.current?.focus()
    onAsk(text.trim())
    onText('')
    // On touch screens the keyboard covers half of the answer.
    if (matchMedia('(pointer: coarse)').matches) box.current?.blur()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
    event.preventDefault()
    send()
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
      <textarea
        ref={box}
        id="question"
        aria-label="Your question"
        aria-describedby={fault === null ? undefined : 'question-fault'}
        aria-invalid={fault !== null}
        rows={1}
        value={text}
        placeholder="Ask a question about your data"
        onChange={(event) => {
          onText(event.target.value)
          if (fault !== null)
            setFault(event.target.value.length > maxQuestionLength ? questionFault(event.target.value) : null)
        }}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-45 min-h-8 w-full resize-none bg-transparent px-1.5 py-1 text-base text-fg outline-none placeholder:text-fg-3"
      />
      {fault !== null && (
        <p id="question-fault" role="alert" className="px-1.5 text-sm text-bad">
          {fault}
        </p>
      )}
      <ComposerBar {...props} empty={text.trim() === ''} />
    </form>
  )
}

const roundButton =
  'flex size-9 shrink-0 items-center justify-center rounded-full transition-colors pointer-coarse:size-11'

function ComposerBar({ autoRun, onAutoRun, onStop, writer, empty }: ComposerProps & { readonly empty: boolean }) {
  return (
    <div className="flex items-center gap-x-4 gap-y-1 pl-1.5">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1">
        <Switch
          checked={autoRun}
          onChange={onAutoRun}
          label="Run without asking"
          title="Runs queries that were checked to only read, without waiting for you"
        />
        {writer}
      </div>
      <p className="text-xs text-fg-3 max-md:hidden">
        {onStop === null ? 'Enter to send · Shift+Enter for a new line' : 'Esc to stop'}
      </p>
      {onStop === null ? (
        <button
          type="submit"
          aria-label="Send"
          aria-disabled={empty}
          className={`${roundButton} bg-accent text-white hover:bg-accent-hover aria-disabled:bg-accent/45 aria-disabled:text-fg-2`}
        >
          <ArrowUp size={18} aria-hidden />
        </button>
      ) : (
        <button
          type="button"
          aria-label="Stop"
          title="Stop (Esc)"
          onClick={onStop}
          className={`${roundButton} border border-line-strong bg-raised text-fg hover:bg-hover`}
        >
          <Square size={14} aria-hidden fill="currentColor" />
        </button>
      )}
    </div>
  )
}
