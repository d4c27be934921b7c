import type { TurnEvent } from '../../contract/turn-event.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import type { WriteRequest } from '../ports/writer.ts'

/** Earlier turns of a conversation that a writer is told of. */
const turnsTold = 4

/** The questions asked before in a conversation with the SQL last proposed for each, oldest first. */
export async function readHistory(
  store: TurnStore,
  ownerId: string,
  conversationId: string,
): Promise<WriteRequest['history']> {
  const stored = await store.readConversation(ownerId, conversationId)
  const asked = (stored?.turns ?? []).filter((turn) => turn.question !== null).slice(-turnsTold)
  return await Promise.all(
    asked.map(async ({ id, question }) => ({
      question: question ?? '',
      sql: lastProposal((await store.readEvents(ownerId, id, 0)).map((event) => event.json)),
    })),
  )
}

function lastProposal(events: readonly string[]): string | null {
  const json = events.findLast((event) => event.includes('"kind":"query.proposed"'))
  if (json === undefined) return null
  const event = JSON.parse(json) as TurnEvent
  return event.kind === 'query.proposed' ? event.sql : null
}
