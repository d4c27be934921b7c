import { z } from 'zod'
import { AppInfo, ConversationSummary, TurnSummary } from '../../contract/api.ts'
import { SignInStart } from '../../contract/connection.ts'
import { readHttpProblem } from './fetch-problem.ts'
import { RefusedCommand } from './turn-channel.ts'

const Conversation = z.object({ conversation: ConversationSummary, turns: z.array(TurnSummary) })
export type Conversation = z.infer<typeof Conversation>

/** What the page needs to know before the first question. Rejects with `RefusedCommand` when the server says why not. */
export const readAppInfo = (signal: AbortSignal): Promise<AppInfo> => readJson('/api/v1/app', AppInfo, signal)

/** A past conversation and its turns. Rejects with `RefusedCommand` (`not_found`). */
export const readConversation = (id: string, signal: AbortSignal): Promise<Conversation> =>
  readJson(`/api/v1/conversations/${encodeURIComponent(id)}`, Conversation, signal)

/** Questions that a connection can answer. Rejects with `RefusedCommand`. */
export const readStarters = (connection: string, signal: AbortSignal): Promise<string[]> =>
  readJson(`/api/v1/starters?connection=${encodeURIComponent(connection)}`, z.array(z.string()), signal)

/** Starts a sign-in by browser: where to go. Rejects with `RefusedCommand`. */
export async function startSignIn(connectionId: string): Promise<string> {
  const path = `/api/v1/connections/${encodeURIComponent(connectionId)}/sign-in`
  const response = await fetch(path, { method: 'POST', headers: { accept: 'application/json' } })
  if (!response.ok) throw new RefusedCommand(await readHttpProblem(response))
  const { protocol, href } = new URL(SignInStart.parse(await response.json()).url)
  if (protocol === 'https:' || protocol === 'http:') return href
  throw new Error(`A sign-in page cannot be at ${protocol}`)
}

async function readJson<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } })
  if (!response.ok) throw new RefusedCommand(await readHttpProblem(response))
  return shape.parse(await response.json())
}
