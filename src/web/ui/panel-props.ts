import type { ConnectionSummary } from '../../contract/api.ts'
import type { ApiClient } from '../transport/api-client.ts'

/** What a panel of the sidebar is given. */
export interface PanelProps {
  readonly api: ApiClient
  /** The connection that new questions go to. */
  readonly connection: string
  readonly connections: readonly ConnectionSummary[]
  /** The conversation on the screen; null where none is. */
  readonly conversationId: string | null
  /** Puts a text into the question box, where the caret is. */
  readonly onInsert: (text: string) => void
  /** Asks a question at once. */
  readonly onAsk: (question: string) => void
  /** Called after the panel led somewhere: on small screens the sidebar covers the page and closes. */
  readonly onClose: () => void
}
