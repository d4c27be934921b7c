import { useCallback, useEffect, useRef, useState } from 'react'
import { useMatch } from 'react-router'
import { useShallow } from 'zustand/react/shallow'
import { Composer } from '../features/composer/composer.tsx'
import { WriterChoice } from '../features/composer/writer-choice.tsx'
import { announcement } from '../lib/describe-turn.ts'
import { useAppInfo, useAppInfoAfter, useStarters } from './app-info.ts'
import { ConnectionLabel } from './connection-label.tsx'
import { ConnectionsNotice } from './connections-notice.tsx'
import { ConversationMain } from './conversation-main.tsx'
import { LinkNotice } from './link-notice.tsx'
import { SignInNotice } from './sign-in-notice.tsx'
import { TopBar } from './top-bar.tsx'
import { useAsking } from './use-asking.ts'
import { useConversation } from './use-conversation.ts'
import { usePageKeys } from './use-page-keys.ts'
import { useWorkspace, useWorkspaceState } from './workspace-context.ts'

/** The page: a conversation, or the place where one begins. */
export function ConversationPage() {
  const conversationId = useMatch('/c/:conversationId')?.params.conversationId ?? null
  const workspace = useWorkspace()
  const { link, autoRun, writer } = useWorkspaceState(
    useShallow((state) => ({ link: state.link, autoRun: state.autoRun, writer: state.writer })),
  )
  const info = useAppInfo()
  const conversation = useConversation(conversationId)
  const last = conversation.turns.at(-1)
  // An address that leads nowhere is no place to go on from.
  const asking = useAsking(conversation.problem === null ? conversationId : null, last, info.data, writer)
  const [text, setText] = useState('')
  const box = useRef<HTMLTextAreaElement>(null)
  const { ask, stop } = asking
  const busy = stop !== null
  const pick = useCallback(
    (question: string, edit: boolean): void => {
      if (!edit) return busy ? undefined : ask(question)
      setText(question)
      box.current?.focus()
    },
    [ask, busy],
  )
  usePageKeys(box, stop)
  useAppInfoAfter(last?.problem?.code)
  const starters = useStarters(info.data, asking.connection)
  useFocusForNewQuestion(box, conversationId)
  useTitle(conversation.title)

  return (
    <div className="flex h-dvh flex-col">
      <SkipLink />
      <TopBar
        title={conversation.title}
        connection={
          <ConnectionLabel
            connections={info.data?.connections ?? []}
            chosen={asking.connection}
            onChoose={asking.setConnection}
            link={link}
          />
        }
        notice={
          <>
            <LinkNotice link={link} />
            <ConnectionsNotice problem={info.data?.connectionsProblem ?? null} />
            <SignInNotice connection={info.data?.connections.find(({ ref }) => ref === asking.connection)} />
          </>
        }
      />
      <ConversationMain
        conversationId={conversationId}
        conversation={conversation}
        info={info}
        starters={starters}
        onPick={pick}
        onAgain={asking.again}
      />
      <footer className="scroll-gutter shrink-0 overflow-y-hidden">
        <div className="mx-auto w-full max-w-192 px-4 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
          <Composer
            box={box}
            text={text}
            onText={setText}
            onAsk={ask}
            onStop={stop}
            autoRun={autoRun}
            onAutoRun={workspace.setAutoRun}
            writer={
              <WriterChoice
                writers={info.data?.writers ?? []}
                chosen={writer ?? info.data?.defaultWriter ?? ''}
                onChoose={workspace.setWriter}
              />
            }
          />
          <p className="pt-1.5 text-center text-xs text-fg-3">Answers can be wrong. Check the SQL and the data.</p>
        </div>
      </footer>
      <output className="sr-only">{last === undefined ? '' : announcement(last)}</output>
    </div>
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

/** A new question begins in the box; on touch screens that would open the keyboard over everything. */
function useFocusForNewQuestion(box: React.RefObject<HTMLTextAreaElement | null>, conversationId: string | null): void {
  useEffect(() => {
    if (conversationId === null && !matchMedia('(pointer: coarse)').matches) box.current?.focus()
  }, [box, conversationId])
}

function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'Floe' : `${title.slice(0, 80)} · Floe`
  }, [title])
}
