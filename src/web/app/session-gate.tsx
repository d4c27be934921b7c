import { makeLazyPart } from '../ui/lazy-part.tsx'
import { Shell } from './shell.tsx'
import { useMe, useReturn, useSessionState } from './use-session.ts'

const SignInScreen = makeLazyPart(() => import('./signed-out.tsx').then((module) => module.SignInScreen))
const SignedOutNotice = makeLazyPart(() => import('./signed-out.tsx').then((module) => module.SignedOutNotice))

/** A page beside the questions, fetched when it is first shown. */
export const SidePage = makeLazyPart(() => import('./side-pages.tsx').then((module) => module.SidePages))

/** The page for somebody who is signed in; for others the way to sign in, over the page where there was one. */
export function SessionGate() {
  const me = useMe()
  const { isSignedOut, isLeaving } = useSessionState()
  useReturn(me)
  if (isLeaving) return null
  if (isSignedOut && me.data === undefined) return <SignInScreen />
  return (
    <>
      <Shell />
      {isSignedOut && <SignedOutNotice />}
    </>
  )
}

/** What somebody shared, fetched when it is first shown. */
export const Shared = makeLazyPart(async () => {
  const [{ SharedPage }, { AnswerCard }] = await Promise.all([import('./shared-page.tsx'), import('./thread.tsx')])
  return () => <SharedPage Answer={AnswerCard} />
})

/** One favorite, or where to find them, fetched when it is first shown. */
export const FavoriteRoute = makeLazyPart(async () => {
  const [{ FavoriteMain }, thread] = await Promise.all([import('./favorite-main.tsx'), import('./thread.tsx')])
  const parts = { Answer: thread.AnswerCard, Text: thread.AnswerText, Turn: thread.TurnArticle }
  return () => <FavoriteMain parts={parts} />
})
