import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { apiPrefix, signedOutCloseCode, streamPaths } from '../contract/api.ts'
import type { PreferencesState } from '../contract/preferences.ts'
import type { SocketReply } from '../contract/socket.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { makeFramePaces, stallMs, type StreamLimit } from './limits.ts'
import { readFault, sendFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import { SocketSession } from './socket-session.ts'
import type { WatchSignIn } from './watch-sign-in.ts'

export interface TurnSocketNeeds {
  readonly services: Services
  readonly limit: StreamLimit
  readonly heartbeatMs: number
  readonly watchSignIn: WatchSignIn
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
  const { services, limit, heartbeatMs, watchSignIn } = needs
  let leave: () => void
  try {
    leave = limit.enter(callerOf(request), request.ip)
  } catch (error) {
    const { problem } = readFault(error)
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
  socket.once('close', services.people.preferences.watch(caller.userId, makePreferencesTeller(socket)))
  return new SocketSession(socket, { services, caller, log: request.log, pace: paceOf(caller) })
}

/**
 * Ends a socket whose other side is gone: an unanswered ping says so. While something waits to be sent a ping would wait
 * behind it; then the time-out of the connection, which counts progress, decides.
 */
function keepAlive(socket: WebSocket, heartbeatMs: number): void {
  let isAnswered = true
  const timer = setInterval(() => {
    if (socket.bufferedAmount > 0) return
    if (!isAnswered) {
      socket.terminate()
      return
    }
    isAnswered = false
    socket.ping()
  }, heartbeatMs)
  socket.on('pong', () => {
    isAnswered = true
  })
  socket.on('message', () => {
    isAnswered = true
  })
  socket.once('close', () => clearInterval(timer))
}

/** Makes a function that sends the latest preferences; what a slow client has not taken yet is not sent again and again. */
function makePreferencesTeller(socket: WebSocket): (state: PreferencesState) => void {
  let latest: PreferencesState | null = null
  let isSending = false
  const send = (): void => {
    if (latest === null || socket.readyState !== socket.OPEN) return
    isSending = true
    const frame: SocketReply = { reply: null, preferences: latest }
    latest = null
    socket.send(JSON.stringify(frame), () => {
      isSending = false
      send()
    })
  }
  return (state) => {
    latest = state
    if (!isSending) send()
  }
}
