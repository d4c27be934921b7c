import { X } from 'lucide-react'
import { useCallback, useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { ApiClient } from '../../transport/api-client.ts'
import type { ChosenName } from '../../turns/drafts.ts'
import type { MentionKeys } from './mention-list.tsx'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import type { NamedItem } from '../../ui/name-search.ts'
import { mentionsIn, triggerAt, type MentionTrigger } from './mention-text.ts'
import { composerWords as words } from '../../words/composer.ts'
import { say } from '../../words/language.ts'

const MentionList = makeLazyPart(() => import('./mention-list.tsx').then((module) => module.MentionList))

export interface QuestionBoxProps {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  /** What was chosen after `@` while this text was written. */
  readonly names: readonly ChosenName[]
  readonly isFaulty: boolean
  readonly onText: (text: string) => void
  /** Keeps a name that was chosen, beside the text it is put into. */
  readonly onName: (name: ChosenName) => void
  readonly onSend: () => void
  readonly api: ApiClient
  readonly connection: string
}

/** The box for a question. After `@` it offers the tables and columns of the connection; what was chosen is shown below it. */
export function QuestionBox(props: QuestionBoxProps) {
  const { box, text, names, isFaulty, onText, onSend, api, connection } = props
  const listId = useId()
  const keys = useRef<MentionKeys>(null)
  const [activeId, setActiveId] = useState<string | null>(null)
  const { trigger, look, close, choose } = useTrigger(props)
  return (
    <>
      {trigger !== null && (
        <MentionList
          api={api}
          connection={connection}
          query={trigger.query}
          id={listId}
          anchor={box}
          keys={keys}
          onChoose={choose}
          onActive={setActiveId}
        />
      )}
      <textarea
        ref={box}
        id="question"
        aria-label={words.question}
        aria-describedby={isFaulty ? 'question-fault' : undefined}
        aria-invalid={isFaulty}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={trigger === null ? undefined : listId}
        aria-activedescendant={trigger === null ? undefined : (activeId ?? undefined)}
        rows={1}
        dir="auto"
        value={text}
        placeholder={words.placeholder}
        onChange={(event) => onText(event.target.value)}
        onSelect={look}
        onBlur={close}
        onKeyDown={(event) => {
          if (isComposing(event)) return
          const isTaken = trigger !== null && takes(event, keys.current, close)
          if (!isTaken && (event.key !== 'Enter' || event.shiftKey)) return
          event.preventDefault()
          if (!isTaken) onSend()
        }}
        className="field-sizing-content max-h-45 min-h-8 w-full resize-none bg-transparent px-1.5 py-1 text-base text-fg outline-none placeholder:text-fg-3"
      />
      <Chips text={text} names={names} onRemove={(name) => loosen(box.current, text, name, onText)} />
    </>
  )
}

/** Key code 229 marks keys of an input method in browsers that set `isComposing` too late. */
const isComposing = (event: KeyboardEvent): boolean => event.nativeEvent.isComposing || event.keyCode === 229

/** Gives a key to the open list; Esc closes it. */
function takes(event: KeyboardEvent, list: MentionKeys | null, close: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== '.')) return false
  if (event.key !== 'Escape') return list?.key(event) ?? false
  close()
  // What runs is not stopped by the key that closes a list.
  event.stopPropagation()
  return true
}

/** The name being written at the caret, and what choosing one does. */
function useTrigger({ box, onText, onName }: QuestionBoxProps) {
  const [trigger, setTrigger] = useState<MentionTrigger | null>(null)
  const closedAt = useRef<number | null>(null)
  const look = useCallback(() => {
    const { current } = box
    const found =
      current === null || current.selectionStart !== current.selectionEnd
        ? null
        : triggerAt(current.value, current.selectionStart)
    if (found === null) closedAt.current = null
    setTrigger((before) => {
      if (found === null || found.from === closedAt.current) return null
      return before?.from === found.from && before.query === found.query ? before : found
    })
  }, [box])
  const close = useCallback(() => {
    setTrigger((before) => {
      closedAt.current = before?.from ?? closedAt.current
      return null
    })
  }, [])
  const choose = (item: NamedItem, goOn: boolean): void => {
    const { current } = box
    if (current === null || trigger === null) return
    // A favorite is asked again in its own words.
    const written = item.kind === 'favorite' ? item.text : `@${item.text}`
    if (!goOn && item.kind !== 'favorite')
      onName({ text: written, kind: item.kind === 'column' ? 'column' : 'table', name: item.fullName })
    const next = current.value.charAt(current.selectionStart)
    replaceText(
      current,
      [trigger.from, current.selectionStart],
      `${written}${goOn ? '.' : next === ' ' ? '' : ' '}`,
      onText,
    )
    look()
  }
  return { trigger, look, close, choose }
}

/** Writes as the browser does for a person, so that one undo takes it back. */
function replaceText(
  box: HTMLTextAreaElement,
  [from, to]: readonly [number, number],
  text: string,
  onText: (text: string) => void,
): void {
  box.focus()
  box.setSelectionRange(from, to)
  const isWritten = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text)
  if (!isWritten) onText(`${box.value.slice(0, from)}${text}${box.value.slice(to)}`)
}

/** Takes the `@` from a name, which then is a word like any other. */
function loosen(
  box: HTMLTextAreaElement | null,
  text: string,
  { text: written }: ChosenName,
  onText: (text: string) => void,
): void {
  const places = mentionsIn(text, [{ text: written, kind: 'table', name: '' }])
  if (box !== null) for (const { from } of places.toReversed()) replaceText(box, [from, from + 1], '', onText)
}

interface ChipsProps {
  readonly text: string
  readonly names: readonly ChosenName[]
  readonly onRemove: (name: ChosenName) => void
}

/** What the names in the text stand for, each once. */
function Chips({ text, names, onRemove }: ChipsProps) {
  const used = new Set(mentionsIn(text, names).map(({ from, to }) => text.slice(from, to)))
  const shown = names.filter((name) => used.has(name.text))
  if (shown.length === 0) return null
  return (
    <ul aria-label={words.chosenNames} className="flex flex-wrap gap-1.5 px-1.5">
      {shown.map((name) => (
        <li
          key={name.text}
          className="flex min-h-7 max-w-full items-center gap-1 rounded-md border border-line bg-accent-bg pl-2 text-xs text-accent-text"
        >
          <span className="truncate" title={name.name}>
            {say(name.kind === 'column' ? words.columnNamed : words.tableNamed, { name: name.name })}
          </span>
          <button
            type="button"
            aria-label={say(words.loosen, { name: name.text })}
            title={words.loosenAbout}
            onClick={() => onRemove(name)}
            className="flex size-7 shrink-0 items-center justify-center rounded-md hover:bg-hover pointer-coarse:size-9"
          >
            <X size={13} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}
