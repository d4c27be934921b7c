import { allowEmptyMarkupOnly } from './app/browser-policy.ts'
import './app/styles.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { ConversationPage } from './app/conversation-page.tsx'
import { PageContext } from './app/page-context.ts'
import { CrashedPage } from './app/page-problem.tsx'
import { makeFormats } from '../contract/words/formats.ts'
import { makeApiClient } from './transport/api-client.ts'
import { openChannel } from './transport/open-channel.ts'
import { FormatsContext } from './ui/formats.ts'
import { makeWorkspace } from './turns/workspace.ts'

allowEmptyMarkupOnly()

const { origin } = location
const api = makeApiClient(origin)
const workspace = makeWorkspace((owner) => openChannel({ origin, api, owner }), localStorage)
const services = { workspace, api }
addEventListener('online', () => workspace.hurry())
document.addEventListener('visibilitychange', () => workspace.hurry())

const queries = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, retry: 2 } } })

const router = createBrowserRouter([
  {
    path: '/',
    element: <ConversationPage />,
    errorElement: <CrashedPage />,
    children: [{ index: true }, { path: 'c/:conversationId' }],
  },
])

const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <PageContext value={services}>
            <FormatsContext value={makeFormats(navigator.language)}>
              <RouterProvider router={router} />
            </FormatsContext>
          </PageContext>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  )
