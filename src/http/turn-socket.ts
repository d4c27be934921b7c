import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { apiPrefix, signedOutCloseCode, streamPaths } from '../contract/api.ts'
import type { SocketReply } from '../contract/socket.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { makeFramePaces, stallMs, type StreamLimit } from './limits.ts'
import type { CountProblem } from './measure-requests.ts'
import { readFault, sendFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import { SocketSession } from './socket-session.ts'
import type { WatchSignIn } from './watch-sign-in.ts'

export interface TurnSocketNeeds {
  readonly services: Services
  readonly limit: StreamLimit
  readonly heartbeatMs: number
  readonly watchSignIn: WatchSignIn
  readonly countProblem: CountProblem
}

/** `/api/v1/socket`: commands in, replies and TurnEvents out, several turns at a time. */
export function addTurnSocket(app: FastifyInstance, needs: TurnSocketNeeds): void {
  const sessions = new Set<SocketSession>()
  const paceOf = makeFramePaces()

  app.route({
    method: 'GET',
    url: apiPrefix + streamPaths.socket,
    handler: (request, reply) =>
      sendFault(problem('bad_request', 'This is a WebSocket.', 'Open it with a WebSocket client.'), request, reply),
    wsHandler: (socket, request) => {
      const session = welcome(socket, request, needs, paceOf)
      if (session === null) return
      sessions.add(session)
      socket.once('close', () => sessions.delete(session))
    },
  })
  app.addHook('preClose', async () => {
    await Promise.all([...sessions].map((session) => session.finish()))
  })
}

function welcome(
  socket: WebSocket,
  request: FastifyRequest,
  needs: TurnSocketNeeds,
  paceOf: ReturnType<typeof makeFramePaces>,
): SocketSession | null {
  const { services, limit, heartbeatMs, watchSignIn, countProblem } = needs
  let leave: () => void
  try {
    leave = limit.enter(callerOf(request), request.ip)
  } catch (error) {
    const { problem } = readFault(error)
    countProblem('socket', problem.code, request)
    socket.send(JSON.stringify({ reply: null, problem }))
    if (problem.code === 'signed_out') socket.close(signedOutCloseCode, 'signed out')
    else socket.close(1013, 'too busy')
    return null
  }
  socket.once('close', leave)
  const connection = request.raw.socket
  connection.setTimeout(stallMs, () => connection.destroy())
  keepAlive(socket, heartbeatMs)
  const caller = callerOf(request)
  socket.once(
    'close',
    watchSignIn(request, (news) => {
      if (news === 'ended') socket.close(signedOutCloseCode, 'signed out')
      // The client connects again, as with a server that restarts, and its commands have the rights of now.
      else socket.close(1012, 'rights changed')
    }),
  )
  const tell = makeTeller(socket)
  const unwatch = [
    services.people.preferences.watch(caller.userId, (preferences) =>
      tell('preferences', { reply: null, preferences }),
    ),
    services.conversationNews.watch(caller.userId, (conversation) => tell(conversation, { reply: null, conversation })),
    services.favorites.watch(caller.userId, () => tell('favorites', { reply: null, favorites: true })),
  ]
  socket.once('close', () => unwatch.forEach((stop) => stop()))
  return new SocketSession(socket, { services, caller, request, pace: paceOf(caller), countProblem })
}

/** Pings that may stay without an answer. */
const mostUnanswered = 2

/**
 * Ends a socket whose other side is gone: pings without an answer say so. While something waits to be sent a ping would wait
 * behind it; then the time-out of the connection, which counts progress, decides.
 */
function keepAlive(socket: WebSocket, heartbeatMs: number): void {
  let unanswered = 0
  const hear = (): void => {
    unanswered = 0
  }
  const timer = setInterval(() => {
    if (socket.bufferedAmount > 0) return
    if (unanswered >= mostUnanswered) {
      socket.terminate()
      return
    }
    unanswered += 1
    socket.ping()
  }, heartbeatMs)
  socket.on('pong', hear)
  socket.on('message', hear)
  socket.once('close', () => clearInterval(timer))
}

/**
 * Makes a function that sends news of the person, each under the name of what it is about. Of news of the same name that a slow client has not
 * taken yet only the latest is sent.
 */
function makeTeller(socket: WebSocket): (name: string, news: SocketReply) => void {
  const waiting = new Map<string, SocketReply>()
  let isSending = false
  const send = (): void => {
    const [next] = waiting
    if (next === undefined || socket.readyState !== socket.OPEN) return
    isSending = true
    waiting.delete(next[0])
    socket.send(JSON.stringify(next[1]), () => {
      isSending = false
      send()
    })
  }
  return (name, news) => {
    waiting.set(name, news)
    if (!isSending) send()
  }
}
