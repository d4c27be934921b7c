import { allowEmptyMarkupOnly } from './app/browser-policy.ts'
import './app/styles.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { createStore } from 'zustand/vanilla'
import { apiPrefix } from '../contract/api.ts'
import { readPreferences } from '../contract/preferences.ts'
import { ConversationPage } from './app/conversation-page.tsx'
import { PageContext, type SessionState } from './app/page-context.ts'
import { CrashedPage } from './app/page-problem.tsx'
import { SessionGate, Shared, SidePage } from './app/session-gate.tsx'
import { PersonalFormats } from './app/personal-formats.tsx'
import { fetchAccepted, makeApiClient } from './transport/api-client.ts'
import { isSignedOut } from './transport/channel.ts'
import { openChannel } from './transport/open-channel.ts'
import { makePagePreferences } from './turns/preferences.ts'
import { serverPath, serverUrl } from './transport/server-address.ts'
import { makeWorkspace } from './turns/workspace.ts'
import { personKey } from './app/use-session.ts'

allowEmptyMarkupOnly()

const origin = serverUrl()
const session = createStore<SessionState>(() => ({ isSignedOut: false, isLeaving: false }))
const endSession = (): void => session.setState({ isSignedOut: true })
const api = makeApiClient(origin, endSession)
const preferences = makePagePreferences({
  read: () => api.me.preferences(),
  // Outlives the page: a change made just before leaving it counts.
  save: async (change) => {
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'PATCH', headers, body: JSON.stringify(change), keepalive: true }
    const answer = await fetchAccepted(`${origin}${apiPrefix}/me/preferences`, request)
    return readPreferences(await answer.json())
  },
  storage: localStorage,
  personId: localStorage.getItem(personKey),
})
const workspace = makeWorkspace((owner) => openChannel({ origin, api, owner }), localStorage, preferences)
workspace.store.subscribe(({ link }, before) => {
  if (link === before.link) return
  if (link === 'signed_out') endSession()
  // What was changed while the line was not open was not told.
  if (link === 'open') void preferences.refresh()
})
const services = { workspace, preferences, api, session }
// Going back to a page that was left by signing out shows who is signed in now.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
addEventListener('online', () => workspace.hurry())
document.addEventListener('visibilitychange', () => workspace.hurry())
// Without a socket nobody tells of changes made elsewhere.
addEventListener('focus', () => void preferences.refresh())

const queries = new QueryClient({
  defaultOptions: {
    queries: { refetchOnWindowFocus: false, retry: (count, error) => count < 2 && !isSignedOut(error) },
  },
})

const routes: RouteObject[] = [
  {
    element: <SessionGate />,
    errorElement: <CrashedPage />,
    children: [
      { path: '/', element: <ConversationPage />, children: [{ index: true }, { path: 'c/:conversationId' }] },
      { path: '/settings', element: <SidePage page="settings" /> },
      { path: '/shared/:shareId', element: <Shared /> },
      { path: '/account', element: <SidePage page="account" /> },
      { path: '/people', element: <SidePage page="people" /> },
      { path: '/audit', element: <SidePage page="audit" /> },
    ],
  },
]
const router = createBrowserRouter(routes, { basename: `${serverPath()}/` })

const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <PageContext value={services}>
            <PersonalFormats>
              <RouterProvider router={router} />
            </PersonalFormats>
          </PageContext>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  )
