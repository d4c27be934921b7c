import { randomUUID } from 'node:crypto'
import { localUserId } from './local-user.ts'
import { openStore } from './store.test-support.ts'

// Writes one turn, an event at a time, and says so after each that was stored.
const order = JSON.parse(process.argv[2] ?? '{}') as {
  readonly databaseUrl?: string
  readonly dataDir?: string
  readonly templatePath?: string
  readonly events: number
}
const { store, close } = openStore(order)
const turnId = randomUUID()
await store.createTurn({
  id: turnId,
  ownerId: localUserId,
  conversationId: randomUUID(),
  question: 'Who writes here?',
  connection: 'sample',
  writer: 'offline',
  askJson: '{}',
  createdAt: new Date().toISOString(),
})
process.send?.({ turnId, seq: 0 })
for (let seq = 1; seq <= order.events; seq += 1) {
  const event = { seq, json: JSON.stringify({ seq, text: 'x'.repeat(seq % 7 === 0 ? 100_000 : 100) }) }
  await store.append(localUserId, turnId, [event], 'running')
  process.send?.({ turnId, seq })
}
await close()
process.disconnect()
