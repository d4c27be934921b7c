import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGeminiServer } from '../test/support/gemini-server.ts'
import { jsonPieces } from '../test/support/gemini-wire.ts'
import { ms, type Figure } from './measure.ts'
import { serve } from './served.ts'

const times = (text: string, count: number): string => text.repeat(count)
const sum = 'SELECT O_ORDERSTATUS, SUM(O_TOTALPRICE) AS S FROM ORDERS GROUP BY O_ORDERSTATUS'
const numbers = Array.from({ length: 9_000 }, (_, n) => n).join(', ')

/** An answer of 50 kB whose SQL is one long list. */
const longAnswer = {
  interpretation: 'Orders by number.',
  assumptions: ['All years.'],
  sql: `SELECT COUNT(*) AS N FROM ORDERS WHERE O_ORDERKEY IN (${numbers})`,
  chart: null,
  clarification: null,
  declined: null,
}

/** What people and programs may send that is large, deep or many. Each is sent twice, and the second time counts: code is compiled by then. */
const inputs: readonly (readonly [what: string, bodies: readonly Readonly<Record<string, unknown>>[]])[] = [
  ['a question', [{ question: 'How many orders are there per order status?' }]],
  ['64 kB of text as a question', [{ question: times('how many orders by customer ', 2_340) }]],
  ['a question of 8,000 characters', [{ question: times('how many orders by customer ', 285) }]],
  ['1 MB of SQL', [{ sql: times(`${sum}\nUNION ALL\n`, 10_500) }]],
  ['100 kB of SQL', [{ sql: `${times(`${sum}\nUNION ALL\n`, 1_060)}${sum}` }]],
  ['9,000 numbers in a list', [{ sql: longAnswer.sql }]],
  ['1,000 calls inside one another', [{ sql: `SELECT ${times('ABS(', 1_000)}1${times(')', 1_000)} FROM ORDERS` }]],
  ['1,000 conditions', [{ sql: `SELECT 1 FROM ORDERS WHERE 1 = 1${times(' AND O_ORDERKEY > 1', 1_000)}` }]],
  ['a model answer of 50 kB', [{ question: 'How many orders?', model: 'google:gemini-3.8-flash' }]],
  ['100,000 rows', [{ sql: 'SELECT * FROM LINEITEM', maxRows: 100_000 }]],
  ['eight questions at once', Array.from({ length: 8 }, () => ({ question: 'Total account balance by nation' }))],
]

/** How long the server's event loop is held at most, input by input, through HTTP. */
export async function benchLoop(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const gemini = await startGeminiServer({ replies: [{ pieces: jsonPieces(longAnswer) }] })
  const env = { GEMINI_API_KEY: 'not-a-key-of-anybody-0123456789', GEMINI_BASE_URL: gemini.url }
  const server = await serve(folder, { probed: true, env })
  const send = async (body: Readonly<Record<string, unknown>>): Promise<void> => {
    const answer = await fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'offline', connection: 'sample', autoRun: true, ...body }),
    })
    for await (const chunk of answer.body ?? []) void chunk
  }
  try {
    await fetch(`${server.url}/api/v1/app`).then((answer) => answer.text())
    const figures: Figure[] = []
    for (const [what, bodies] of inputs) {
      let held = 0
      for (let round = 0; round < 2; round += 1) {
        await server.longestHold()
        await Promise.all(bodies.map(send))
        held = await server.longestHold()
      }
      figures.push({ what: `event loop held: ${what}`, measured: ms(held), goal: '≤ 20 ms', met: held <= 20 })
    }
    return figures
  } finally {
    await server.stop()
    await gemini.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
