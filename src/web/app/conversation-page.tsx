import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { useMatch } from 'react-router'
import { usualAutoRun, type PreferencesChange } from '../../contract/preferences.ts'
import { Composer } from '../features/composer/composer.tsx'
import { problemOf } from '../transport/channel.ts'
import { announcement } from '../turns/describe-turn.ts'
import { useAppInfo, useAppInfoAfter, useStarters } from './app-info.ts'
import { ConversationMain } from './conversation-main.tsx'
import { draftKey, usePageServices, usePreference, useWorkspaceState } from './page-context.ts'
import { Share } from './session-gate.tsx'
import { TopBar } from './top-bar.tsx'
import { useAsking, useConversation, useWriter } from './use-conversation.ts'

/** The page: a conversation, or the place where one begins. */
export function ConversationPage() {
  const conversationId = useMatch('/c/:conversationId')?.params.conversationId ?? null
  const link = useWorkspaceState(({ link }) => link)
  const info = useAppInfo()
  const conversation = useConversation(conversationId)
  const last = conversation.turns.at(-1)
  // An address that leads nowhere is no place to go on from.
  const asking = useAsking(conversation.problem === null ? conversationId : null, last, info.data)
  const starters = useStarters(info.data, asking.connection)
  const question = useQuestion(conversationId, asking.ask, asking.stop)
  useAppInfoAfter(last?.problem?.code)
  useTitle(conversation.title)
  const retry = (): void => {
    void info.refetch()
    conversation.retry()
  }
  return (
    <div className="flex h-dvh flex-col">
      <SkipLink />
      <TopBar
        title={conversation.title}
        info={info.data}
        connection={asking.connection}
        onConnection={asking.setConnection}
        link={link}
        actions={<Share conversationId={conversation.turns.length === 0 ? null : conversationId} turnId={null} />}
      />
      <ConversationMain
        conversationId={conversationId}
        conversation={conversation}
        problem={conversation.problem ?? (info.error === null ? null : problemOf(info.error))}
        onRetry={retry}
        info={info.data}
        starters={starters}
        onPick={question.pick}
        onAgain={asking.again}
        onWithout={asking.without}
      />
      <footer className="scroll-gutter shrink-0 overflow-y-hidden">
        <div className="mx-auto w-full max-w-192 px-4 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
          <Question question={question} onAsk={asking.ask} onStop={asking.stop} info={info.data} />
          <p className="pt-1.5 text-center text-xs text-fg-3">Answers can be wrong. Check the SQL and the data.</p>
        </div>
      </footer>
      <output className="sr-only">{last === undefined ? '' : announcement(last)}</output>
    </div>
  )
}

interface QuestionState {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly setText: (text: string) => void
  /** Asks a suggested question, or puts it into the box where `edit` says so. */
  readonly pick: (question: string, edit: boolean) => void
}

/** The question being written, with the keys that lead to its box. */
function useQuestion(
  conversationId: string | null,
  ask: (question: string) => void,
  stop: (() => void) | null,
): QuestionState {
  const box = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useTabText(draftKey)
  const busy = stop !== null
  const pick = useCallback(
    (question: string, edit: boolean): void => {
      if (!edit) return busy ? undefined : ask(question)
      setText(question)
      box.current?.focus()
    },
    [ask, busy, setText],
  )
  usePageKeys(box, stop)
  // A new question begins in the box; on touch screens that would open the keyboard over everything.
  useEffect(() => {
    if (conversationId === null && !matchMedia('(pointer: coarse)').matches) box.current?.focus()
  }, [conversationId])
  return { box, text, setText, pick }
}

/** A text that outlives a reload of its tab. */
function useTabText(key: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? '')
  const change = useCallback(
    (next: string): void => {
      setText(next)
      sessionStorage.setItem(key, next)
    },
    [key],
  )
  return [text, change]
}

interface QuestionProps {
  readonly question: QuestionState
  readonly onAsk: (question: string) => void
  readonly onStop: (() => void) | null
  readonly info: ReturnType<typeof useAppInfo>['data']
}

/** The question box with the person's preferences. */
function Question({ question: { box, text, setText }, onAsk, onStop, info }: QuestionProps) {
  const { workspace, preferences } = usePageServices()
  const autoRun = usePreference((set) => set.autoRun)
  const preferred = usePreference((set) => set.writer)
  const writer = useWriter(info)
  const change = (changed: PreferencesChange): void => {
    // A change that the server refuses is undone on the page, which shows it.
    preferences.change(changed).catch(() => undefined)
  }
  return (
    <Composer
      box={box}
      text={text}
      onText={setText}
      onAsk={onAsk}
      onStop={onStop}
      autoRun={autoRun !== null}
      onAutoRun={(isOn) => change({ autoRun: isOn ? usualAutoRun : null })}
      writers={info?.writers ?? []}
      writer={writer ?? info?.defaultWriter ?? ''}
      onWriter={(id) => {
        if (preferred === null) workspace.choose({ writer: id })
        else change({ writer: id })
      }}
    />
  )
}

const SkipLink = () => (
  <a
    href="#question"
    className="sr-only rounded-lg bg-accent px-4 py-2 text-sm text-white focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10"
  >
    Skip to the question box
  </a>
)

function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'Floe' : `${title.slice(0, 80)} · Floe`
  }, [title])
}

/** Keys that work anywhere: `/` goes to the question box, Esc stops what runs. */
function usePageKeys(box: RefObject<HTMLTextAreaElement | null>, onStop: (() => void) | null): void {
  const stop = useRef(onStop)
  useEffect(() => {
    stop.current = onStop
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      if (event.key === 'Escape' && stop.current !== null) {
        event.preventDefault()
        stop.current()
      }
      if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event)) {
        event.preventDefault()
        box.current?.focus()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [box])
}

/** Whether a key belongs to a text that is being written, the editor's in its shadow root included. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
