import type { TurnEvent } from '../../src/contract/turn-event.ts'

interface ApprovedAsk {
  readonly sql: string
  readonly connection?: string
  readonly maxRows?: number
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Runs SQL as a turn that a person approves, and stops it right away where that is asked for. Returns its id and its events. */
export async function approvedTurn(
  url: string,
  ask: ApprovedAsk,
  { isStopped = false } = {},
): Promise<{ readonly turnId: string; readonly events: readonly TurnEvent[] }> {
  const turnId = crypto.randomUUID()
  const answer = await post(`${url}/api/v1/turns`, { turnId, ...ask })
  const decoder = new TextDecoder()
  let [text, isDecided] = ['', false]
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    const digest = isDecided ? undefined : /"digest":"(\w+)"/.exec(text)?.[1]
    if (digest === undefined) continue
    isDecided = true
    await post(`${url}/api/v1/turns/${turnId}/approve`, { digest })
    if (isStopped) await post(`${url}/api/v1/turns/${turnId}/cancel`, {})
  }
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as TurnEvent)
  return { turnId, events }
}
