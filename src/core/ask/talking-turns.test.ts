import { expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { scriptTurns } from './scripted-ports.test-support.ts'

const kindsOf = (events: readonly TurnEvent[]): readonly string[] => events.map(({ kind }) => kind)

test.each(['thanks', 'why?', 'hi!'])(
  '%s is answered as talk, with every writer and without a query',
  async (question) => {
    const { ask } = scriptTurns()
    const events = await (await ask({ question })).rest()
    expect(kindsOf(events)).toEqual(['turn.started', 'answer.delta', 'turn.done'])
  },
)

test('a question about the tables is answered from the catalog, without a query', async () => {
  const { ask } = scriptTurns()
  const kinds = kindsOf(await (await ask({ question: 'What tables are there?' })).rest())
  expect(kinds).toContain('result.rows')
  expect(kinds).not.toContain('query.proposed')
  expect(kinds.at(-1)).toBe('turn.done')
})
