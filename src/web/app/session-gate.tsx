import { lazy, type ComponentProps } from 'react'
import { Outlet } from 'react-router'
import { LazyPart } from '../ui/lazy-part.tsx'
import { useMe, useReturn, useSessionState } from './use-session.ts'

const SignInScreen = lazy(() => import('./signed-out.tsx').then((module) => ({ default: module.SignInScreen })))
const SignedOutNotice = lazy(() => import('./signed-out.tsx').then((module) => ({ default: module.SignedOutNotice })))
const SidePages = lazy(() => import('./side-pages.tsx').then((module) => ({ default: module.SidePages })))

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
