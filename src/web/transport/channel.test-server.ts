import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { AppInfo } from '../../contract/api.ts'
import type { ReceivedEvent } from '../turns/apply-event.ts'
import { makeApiClient } from './api-client.ts'
import type { ChannelOwner, LinkState, Position, TurnChannel } from './channel.ts'
import type { Patience } from './line-watch.ts'
import { openChannel } from './open-channel.ts'

interface Said {
  readonly id: string
  readonly command: string
  readonly [key: string]: unknown
}

/** A server on a free port that says what a test lets it say: over a socket, over HTTP, or over both. */
export async function startPeer(needs: {
  readonly onCommand?: (said: Said, socket: WebSocket) => void
  /** Called with each socket that opens. */
  readonly onOpen?: (socket: WebSocket) => void
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => void
}) {
  const { onCommand, onRequest, onOpen } = needs
  const http = createServer((request, response) => {
    if (onRequest === undefined) response.writeHead(404).end()
    else onRequest(request, response)
  })
  const sockets = onCommand === undefined ? null : new WebSocketServer({ server: http, path: '/api/v1/socket' })
  let opened = 0
  sockets?.on('connection', (socket) => {
    opened += 1
    onOpen?.(socket)
    socket.on('message', (data: Buffer) => onCommand?.(JSON.parse(data.toString()) as Said, socket))
  })
  if (sockets === null) http.on('upgrade', (_request, socket) => socket.destroy())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    /** How many sockets have been opened. */
    opened: () => opened,
    /** Cuts every socket, as a broken line would. */
    cut: () => {
      for (const socket of sockets?.clients ?? []) socket.terminate()
    },
    stop: async () => {
      for (const socket of sockets?.clients ?? []) socket.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

export const openChannelTo = (origin: string, owner: ChannelOwner, patience?: Patience): TurnChannel =>
  openChannel({ origin, api: makeApiClient(origin), owner, ...(patience === undefined ? {} : { patience }) })

/** What a server without anything answers to `GET /app`. */
export const emptyAppInfo: AppInfo = {
  version: '0',
  connections: [],
  connectionsProblem: null,
  writers: [],
  defaultWriter: 'offline',
  starters: [],
}

/** An owner that writes down what it is told and lets a test wait for it. */
export function makeWitness(positions: () => readonly Position[] = () => []) {
  const events: ReceivedEvent[] = []
  const links: LinkState[] = []
  const lost: string[] = []
  const preferences: unknown[] = []
  const conversations: string[] = []
  const waiting = new Set<() => void>()
  const tell = (): void => {
    for (const check of waiting) check()
  }
  const owner: ChannelOwner = {
    onEvent: (event) => {
      events.push(event)
      tell()
    },
    onLink: (link) => {
      links.push(link)
      tell()
    },
    onPreferences: (state) => {
      preferences.push(state)
      tell()
    },
    onConversation: (conversationId) => {
      conversations.push(conversationId)
      tell()
    },
    onLost: (turnId, problem) => {
      lost.push(`${turnId}: ${problem.code}`)
      tell()
    },
    positions,
  }
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!isSo()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return { owner, events, links, lost, preferences, conversations, until }
}

const turnId = '11111111-1111-4111-8111-111111111111'
export const someTurnId = turnId

/** The wire text of an event that says only which it is. */
export const eventText = (seq: number, kind: 'turn.done' | 'turn.cancelled' = 'turn.done'): string =>
  JSON.stringify({ kind, turnId, seq, at: '2026-01-01T00:00:00.000Z' })

export const problemText = (code: string) => ({ code, message: 'No.', action: 'Do this.', whoseTurn: 'person' })
