import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { useMatch, useNavigate } from 'react-router'
import { useStore } from 'zustand'
import type { Mention } from '../../contract/command.ts'
import { usualAutoRun, type PreferencesChange } from '../../contract/preferences.ts'
import { Composer } from '../features/composer/composer.tsx'
import { ConnectionPicker } from '../features/composer/connection-picker.tsx'
import { problemOf } from '../transport/channel.ts'
import { announcement } from '../turns/describe-turn.ts'
import { makeDrafts, type Draft } from '../turns/drafts.ts'
import type { TurnView } from '../turns/turn-view.ts'
import { copyText } from '../ui/copy-button.tsx'
import { useToast } from '../ui/toasts.tsx'
import { say } from '../words/language.ts'
import { shellWords } from '../words/shell.ts'
import { useAppInfo, useAppInfoAfter, useStarters } from './app-info.ts'
import { usePageCommands } from './commands.ts'
import { ConversationMain, preloadThread } from './conversation-main.tsx'
import { usePageServices, usePreference, useShellState } from './page-context.ts'
import { Share } from './share.tsx'
import type { Command } from './shell-state.ts'
import { TopBar } from './top-bar.tsx'
import { useAsking, useConversation, useWriter, type Asking, type ConversationState } from './use-conversation.ts'

/** The page: a conversation, or the place where one begins. */
export function ConversationPage() {
  const conversationId = useMatch('/c/:conversationId')?.params.conversationId ?? null
  const info = useAppInfo()
  const conversation = useConversation(conversationId)
  const last = conversation.turns.at(-1)
  // An address that leads nowhere is no place to go on from.
  const begun = useAsking(conversation.problem === null ? conversationId : null, last, info.data)
  const starters = useStarters(info.data, begun.connection)
  const question = useQuestion(conversationId, conversation, begun)
  const asking = { ...begun, stop: useStop(begun, question, last) }
  useQuestionCommands(question, asking, last)
  useQuestionRequests(question)
  const { shell } = usePageServices()
  useEffect(() => shell.store.setState({ connection: asking.connection }), [shell, asking.connection])
  useAppInfoAfter(last)
  useTitle(conversation.title)
  const retry = (): void => {
    void info.refetch()
    conversation.retry()
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <TopBar
        title={conversation.title}
        info={info.data}
        connection={asking.connection}
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
          <Question question={question} asking={asking} info={info.data} />
          <p className="pt-1.5 text-center text-xs text-fg-3">{shellWords.caution}</p>
        </div>
      </footer>
      <output className="sr-only" lang={last?.status === 'clarification' ? 'en' : undefined}>
        {last === undefined ? '' : announcement(last)}
      </output>
    </div>
  )
}

interface QuestionState {
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly draft: Draft
  readonly write: (change: Partial<Draft>) => void
  /** Asks a suggested question, or puts it into the box where `edit` says so. */
  readonly pick: (question: string, edit: boolean, mentions?: readonly Mention[], follows?: string | null) => void
  /** Asks what is in the box: a question that was put back there follows what it followed. */
  readonly ask: Asking['ask']
}

/** The question being written, with the keys that lead to its box. */
function useQuestion(
  conversationId: string | null,
  { isTakenBack }: ConversationState,
  { ask, stop }: Asking,
): QuestionState {
  const box = useRef<HTMLTextAreaElement>(null)
  const [draft, write] = useDraft(conversationId, isTakenBack)
  const busy = stop !== null
  /** The conversation whose question is in the box once more, and the turn that it followed. */
  const [edited, setEdited] = useState<{
    readonly conversationId: string | null
    readonly follows: string | null
  } | null>(null)
  const pick = useCallback(
    (question: string, edit: boolean, mentions: readonly Mention[] = [], follows?: string | null): void => {
      if (!edit) return busy ? undefined : ask(question)
      const names = mentions.map(({ from, to, kind, name }) => ({ text: question.slice(from, to), kind, name }))
      write({ text: question, names, isSql: false })
      setEdited(follows === undefined ? null : { conversationId, follows })
      box.current?.focus()
    },
    [ask, busy, write, conversationId],
  )
  // A new question begins in the box; on touch screens that would open the keyboard over everything.
  useEffect(() => {
    if (conversationId === null && !matchMedia('(pointer: coarse)').matches) box.current?.focus()
  }, [conversationId])
  const askEdited: Asking['ask'] = (question, mentions) => {
    ask(question, mentions, edited?.conversationId === conversationId ? edited.follows : undefined)
    setEdited(null)
  }
  return { box, draft, write, pick, ask: askEdited }
}

/** Stops the last question. One that has not left this page yet was never asked: it goes back into the box. */
function useStop({ stop }: Asking, { pick }: QuestionState, last: TurnView | undefined): Asking['stop'] {
  const { delivery, question = null, mentions, follows = null } = last ?? {}
  return useMemo(() => {
    if (stop === null || delivery !== 'unsent' || question === null) return stop
    return () => {
      stop()
      pick(question, true, mentions, follows)
    }
  }, [stop, pick, delivery, question, mentions, follows])
}

/** What can be done with the question box and the last answer, by key or from the palette. */
function useQuestionCommands({ box, pick, write }: QuestionState, { stop }: Asking, last: TurnView | undefined): void {
  const lastQuestion = last?.question ?? ''
  const mentions = last?.mentions
  const follows = last?.follows ?? null
  const sql = last?.proposal?.sql ?? ''
  const toast = useToast()
  const commands = useMemo(() => {
    const names = shellWords.commandNames
    const copy = async (): Promise<void> => {
      toast({ text: (await copyText(sql)) ? shellWords.sqlCopied : shellWords.copyRefused })
    }
    const offered: readonly (Command | null)[] = [
      [names.toQuestion, '/', () => box.current?.focus()],
      [names.ownSql, null, () => write({ isSql: true })],
      stop === null ? null : [names.stop, 'escape', stop],
      lastQuestion === '' ? null : [names.editLast, 'alt+arrowup', () => pick(lastQuestion, true, mentions, follows)],
      sql === '' ? null : [names.copySql, 'mod+shift+c', () => void copy()],
    ]
    return offered.filter((command) => command !== null)
  }, [box, pick, write, stop, lastQuestion, mentions, follows, sql, toast])
  usePageCommands(commands)
}

/** Takes up what was asked for from outside this page. */
function useQuestionRequests({ box, draft, pick, write }: QuestionState): void {
  const { shell } = usePageServices()
  const request = useShellState((state) => state.request)
  useEffect(() => {
    if (request === null) return
    shell.store.setState({ request: null })
    if (request.kind !== 'insert') return pick(request.text, request.kind === 'edit')
    const { current } = box
    // While SQL is written in its place the box is away: the question takes the text at its end.
    if (current === null) return write({ text: `${draft.text} ${request.text} `.trimStart(), isSql: false })
    current.focus()
    const before = current.value.slice(0, current.selectionStart)
    // Typed by the browser, so that it can be undone as what a person types.
    document.execCommand('insertText', false, /\S$/.test(before) ? ` ${request.text} ` : `${request.text} `)
  }, [shell, request, box, draft.text, pick, write])
}

/** What is being written in a conversation, kept in the browser until it is sent. */
function useDraft(
  conversationId: string | null,
  isTakenBack: boolean,
): readonly [Draft, (change: Partial<Draft>) => void] {
  const [drafts] = useState(() => makeDrafts(localStorage))
  const navigate = useNavigate()
  // A conversation that never began is no place to be: what is in its box goes on where a new one begins.
  useEffect(() => {
    if (!isTakenBack) return
    const { text, names, sql, isSql } = drafts.read(conversationId)
    if (text !== '' || sql !== '') drafts.write(null, { text, names, sql, isSql })
    drafts.write(conversationId, { text: '', names: [], sql: '', isSql: false })
    void navigate('/', { replace: true })
  }, [isTakenBack, conversationId, drafts, navigate])
  // Draws again with every change; what a conversation was left with is read when it is opened.
  useStore(drafts.store)
  const write = useCallback((change: Partial<Draft>) => drafts.write(conversationId, change), [drafts, conversationId])
  return [drafts.read(conversationId), write]
}

interface QuestionProps {
  readonly question: QuestionState
  readonly asking: Asking
  readonly info: ReturnType<typeof useAppInfo>['data']
}

/** The question box with the person's preferences. */
function Question({ question: { box, draft, write, ask }, asking, info }: QuestionProps) {
  const { api, workspace, preferences } = usePageServices()
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
      draft={draft}
      onDraft={(change) => {
        preloadThread()
        write(change)
      }}
      onAsk={ask}
      onSql={asking.runSql}
      api={api}
      source={asking.connection}
      onStop={asking.stop}
      autoRun={autoRun !== null}
      onAutoRun={(isOn) => change({ autoRun: isOn ? usualAutoRun : null })}
      writers={info?.writers ?? []}
      writer={writer ?? info?.defaultWriter ?? ''}
      onWriter={(id) => {
        if (preferred === null) workspace.choose({ writer: id })
        else change({ writer: id })
      }}
      connection={
        <ConnectionPicker
          connections={info?.connections ?? []}
          isLoading={info === undefined}
          chosen={asking.connection}
          onChoose={asking.setConnection}
        />
      }
    />
  )
}

function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'Floe' : say(shellWords.titleOf, { page: title.slice(0, 80) })
  }, [title])
}
