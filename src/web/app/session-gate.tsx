import { lazy, type ComponentProps } from 'react'
import { Outlet } from 'react-router'
import { AnswerCard } from '../features/answer/answer-card.tsx'
import { LazyPart } from '../ui/lazy-part.tsx'
import { useMe, useReturn, useSessionState } from './use-session.ts'

const SignInScreen = lazy(() => import('./signed-out.tsx').then((module) => ({ default: module.SignInScreen })))
const SignedOutNotice = lazy(() => import('./signed-out.tsx').then((module) => ({ default: module.SignedOutNotice })))
const ShareButton = lazy(() => import('./later-pages.ts').then((module) => ({ default: module.ShareButton })))
const SharedPage = lazy(() => import('./later-pages.ts').then((module) => ({ default: module.SharedPage })))
const SidePages = lazy(() => import('./later-pages.ts').then((module) => ({ default: module.SidePages })))

/** The page for somebody who is signed in; for others the way to sign in, over the page where there was one. */
export function SessionGate() {
  const me = useMe()
  const { isSignedOut, isLeaving } = useSessionState()
  useReturn(me)
  if (isLeaving) return null
  if (isSignedOut && me.data === undefined)
    return (
      <LazyPart fallback={null}>
        <SignInScreen />
      </LazyPart>
    )
  return (
    <>
      <Outlet />
      {isSignedOut && (
        <LazyPart fallback={null}>
          <SignedOutNotice />
        </LazyPart>
      )}
    </>
  )
}

/** A page beside the questions, fetched when it is first shown. */
export const SidePage = (props: ComponentProps<typeof SidePages>) => (
  <LazyPart fallback={null}>
    <SidePages {...props} />
  </LazyPart>
)

/** What somebody shared, fetched when it is first shown. */
export const Shared = () => (
  <LazyPart fallback={null}>
    <SharedPage Answer={AnswerCard} />
  </LazyPart>
)

/**
 * The way to share a conversation or an answer, fetched with the first that is shown. Nothing where there is nobody to share with, or for
 * those who may not.
 */
export function Share({
  conversationId,
  turnId,
}: {
  readonly conversationId: string | null
  readonly turnId: string | null
}) {
  const { data: me } = useMe()
  if (conversationId === null || me === undefined || me.isLocal || me.role === 'viewer') return null
  return (
    <LazyPart fallback={null}>
      <ShareButton conversationId={conversationId} turnId={turnId} />
    </LazyPart>
  )
}
