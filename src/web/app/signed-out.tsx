import { useEffect, useLayoutEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { serverPath } from '../transport/server-address.ts'
import { keepUnsent, makeDrafts } from '../turns/drafts.ts'
import type { TurnView } from '../turns/turn-view.ts'
import markUrl from './floe-mark.svg'
import { say } from '../words/language.ts'
import { pageWords } from '../words/pages.ts'
import { shellWords } from '../words/shell.ts'
import { useWorkspaceState } from './page-context.ts'

const words = pageWords.signIn

/** The way to the provider's page and back to this address. A link, so that nothing but a press leads there. */
const SignInLink = ({ returnTo, onClick }: { readonly returnTo: string; readonly onClick?: () => void }) => (
  <a
    href={`${serverPath()}/auth/sign-in?${new URLSearchParams({ return: returnTo }).toString()}`}
    onClick={onClick}
    className="inline-flex h-10 items-center justify-center rounded-lg bg-accent px-5 text-sm font-medium text-white hover:bg-accent-hover"
  >
    {shellWords.signIn}
  </a>
)

/** Shown instead of the page to somebody who is not signed in. */
export function SignInScreen() {
  const { pathname, search, hash } = useLocation()
  useEffect(() => {
    document.title = say(shellWords.titleOf, { page: shellWords.signIn })
  }, [])
  return (
    <main className="flex h-dvh overflow-y-auto px-4">
      <div className="m-auto flex max-w-116 flex-col items-center gap-5 py-10 text-center">
        <img src={markUrl} alt="" width={48} height={48} />
        <div className="flex flex-col gap-2">
          <h1 className="text-2xl font-semibold tracking-tight">{words.title}</h1>
          <p className="text-base text-balance text-fg-2">{words.about}</p>
        </div>
        <SignInLink returnTo={pathname + search + hash} />
      </div>
    </main>
  )
}

/** Shown over the page when the session has ended in the middle of work. What was typed stays in the tab. */
export function SignedOutNotice() {
  const dialog = useRef<HTMLDialogElement>(null)
  const { pathname, search, hash } = useLocation()
  const lost = useWorkspaceState(({ turns }) => Object.values(turns).findLast(isUnheard))
  const turnsThere = useWorkspaceState(({ conversations }) => conversations[lost?.conversationId ?? '']?.length ?? 0)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closing gives the focus back.
    return () => shown?.close()
  }, [])
  // The server does not know a conversation of one question that it never heard.
  const isNew = lost !== undefined && turnsThere === 1 && pathname === `/c/${lost.conversationId}`
  // A question that the server never heard goes back to where it was typed.
  const keepQuestion = (): void => {
    const typed = makeDrafts(localStorage).read(lost?.conversationId ?? null).text
    keepUnsent(
      localStorage,
      isNew ? null : (lost?.conversationId ?? null),
      typed === '' ? (lost?.question ?? '') : typed,
    )
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby="signed-out"
      aria-describedby="signed-out-about"
      // The key must not reach the page below, where it stops what runs.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onCancel={(event) => event.preventDefault()}
      onClose={({ currentTarget }) => currentTarget.isConnected && !currentTarget.open && currentTarget.showModal()}
      className="m-auto w-[calc(100%-2rem)] max-w-100 rounded-2xl border border-line-strong bg-surface p-6 text-fg backdrop:bg-app/80"
    >
      <div className="flex flex-col items-center gap-3 text-center">
        <h2 id="signed-out" className="text-xl font-semibold">
          {words.ended}
        </h2>
        <p id="signed-out-about" className="text-base text-fg-2">
          {words.endedAbout}
        </p>
        <div className="mt-2">
          <SignInLink returnTo={isNew ? '/' : pathname + search + hash} onClick={keepQuestion} />
        </div>
      </div>
    </dialog>
  )
}

/** Asked in this tab, and nothing came of it: the server did not hear the question, or refused it for want of a session. */
const isUnheard = ({ stored, lastSeq, problem }: TurnView): boolean =>
  !stored && lastSeq === 0 && (problem === null || problem.code === 'signed_out')
