import { limitTrustedTypes } from './app/browser-policy.ts'
import './app/styles.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { startTransition, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Route, Routes } from 'react-router'
import { createStore } from 'zustand/vanilla'
import { apiPrefix } from '../contract/api.ts'
import { readPreferences } from '../contract/preferences.ts'
import { ConversationPage } from './app/conversation-page.tsx'
import { PageContext, type SessionState } from './app/page-context.ts'
import { CrashBoundary, LostPage } from './app/page-problem.tsx'
import { FavoriteRoute, SessionGate, Shared, SidePage } from './app/session-gate.tsx'
import { LineState, PersonalLook } from './app/personal-look.tsx'
import { fetchAccepted, makeApiClient } from './transport/api-client.ts'
import { isSignedOut } from './transport/channel.ts'
import { openChannel } from './transport/open-channel.ts'
import { ConversationChangesContext } from './turns/conversation-changes.ts'
import { makePagePreferences } from './turns/preferences.ts'
import { serverPath, serverUrl } from './transport/server-address.ts'
import { makeShell } from './app/shell-state.ts'
import { ToastContext, makeToastStore } from './ui/toasts.tsx'
import { makeWorkspace } from './turns/workspace.ts'
import { personKey } from './app/use-session.ts'

limitTrustedTypes(serverUrl())

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
const services = { workspace, preferences, api, session, shell: makeShell(localStorage) }
// Going back to a page that was left by signing out shows who is signed in now.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
addEventListener('online', () => workspace.hurry())
document.addEventListener('visibilitychange', () => workspace.hurry())
// Without a socket nobody tells of changes made elsewhere.
addEventListener('focus', () => {
  void preferences.refresh()
  workspace.changes.tell(null)
})

const queries = new QueryClient({
  defaultOptions: {
    queries: { refetchOnWindowFocus: false, retry: (count, error) => count < 2 && !isSignedOut(error) },
  },
})

/** Every address of the page. Routes without loaders or actions need no data router, which is most of the router's size. */
const Pages = () => (
  <CrashBoundary>
    <Routes>
      <Route element={<SessionGate />}>
        <Route path="/" element={<ConversationPage />}>
          <Route index />
          <Route path="c/:conversationId" />
        </Route>
        <Route path="/data/:connection?" element={<SidePage page="data" />} />
        <Route path="/favorites/:favoriteId?" element={<FavoriteRoute />} />
        <Route path="/compare" element={<SidePage page="compare" />} />
        <Route path="/history" element={<SidePage page="history" />} />
        <Route path="/settings/:tab?" element={<SidePage page="settings" />} />
        <Route path="/shared/:shareId" element={<Shared />} />
        <Route path="/account" element={<SidePage page="account" />} />
        <Route path="/people" element={<SidePage page="people" />} />
        <Route path="/audit" element={<SidePage page="audit" />} />
      </Route>
      <Route path="*" element={<LostPage />} />
    </Routes>
  </CrashBoundary>
)

const root = document.getElementById('root')
if (root !== null) {
  const page = (
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <PageContext value={services}>
            <ConversationChangesContext value={workspace.changes}>
              <ToastContext value={makeToastStore()}>
                <PersonalLook>
                  <LineState>
                    <BrowserRouter basename={`${serverPath()}/`}>
                      <Pages />
                    </BrowserRouter>
                  </LineState>
                </PersonalLook>
              </ToastContext>
            </ConversationChangesContext>
          </PageContext>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>
  )
  // Drawn in small steps: in one go the first drawing would keep a phone from answering for a quarter of a second.
  startTransition(() => createRoot(root).render(page))
}
