import { useCallback, useState } from 'react'
import { useNavigate } from 'react-router'
import type { AppInfo } from '../../contract/api.ts'
import { isBusy, type TurnView } from '../lib/turn-view.ts'
import { useWorkspace } from './workspace-context.ts'

export interface Asking {
  /** The connection that new questions go to. */
  readonly connection: string
  readonly setConnection: (ref: string) => void
  readonly ask: (question: string) => void
  /** Asks what a turn asked, once more. */
  readonly again: (view: TurnView) => void
  /** Given while the last turn is at work. */
  readonly stop: (() => void) | null
}

/** Asking in a conversation, or asking the first question of a new one. */
export function useAsking(
  conversationId: string | null,
  last: TurnView | undefined,
  info: AppInfo | undefined,
  writer: string | null,
): Asking {
  const workspace = useWorkspace()
  const navigate = useNavigate()
  // Someone coming back from a sign-in page goes on with the connection they signed in to.
  const [chosen, setConnection] = useState(() => new URLSearchParams(location.search).get('connection'))
  const connection = chosen ?? last?.connection ?? info?.connections[0]?.ref ?? 'sample'

  const begin = useCallback(
    (asked: { question: string | null; sql: string | null; connection: string; writer: string | null }): void => {
      const started = workspace.ask({ ...asked, conversationId })
      if (conversationId === null) void navigate(`/c/${started.conversationId}`)
    },
    [workspace, navigate, conversationId],
  )
  const ask = useCallback(
    (question: string) => begin({ question, sql: null, connection, writer }),
    [begin, connection, writer],
  )
  const again = useCallback(
    ({ question, proposal, connection: earlier, writer: by }: TurnView) =>
      begin({
        question,
        sql: question === null ? (proposal?.sql ?? '') : null,
        connection: earlier ?? connection,
        writer: by === 'sql' ? null : by,
      }),
    [begin, connection],
  )
  const stop = last !== undefined && isBusy(last) ? () => void workspace.cancel(last.turnId) : null
  return { connection, setConnection, ask, again, stop }
}
