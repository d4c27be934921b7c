import './app/zod-without-eval.ts'
import './app/styles.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { ConversationPage } from './app/conversation-page.tsx'
import { CrashedPage } from './app/crashed-page.tsx'
import { allowEmptyMarkupOnly } from './app/trusted-types.ts'
import { WorkspaceContext } from './app/workspace-context.ts'
import { openChannel } from './lib/open-channel.ts'
import { makeWorkspace } from './lib/workspace.ts'

allowEmptyMarkupOnly()

const workspace = makeWorkspace((owner) => openChannel(location.origin, owner))
addEventListener('online', workspace.hurry)

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
          <WorkspaceContext value={workspace}>
            <RouterProvider router={router} />
          </WorkspaceContext>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  )
