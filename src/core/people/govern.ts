import type { Turns } from '../ask/turns.ts'
import { demandRight } from '../caller.ts'
import type { SavedConnections } from '../connections/saved-connections.ts'
import type { Audit } from './audit.ts'
import type { Sessions } from './sessions.ts'

/** Turns that only those with the right start and decide about, each act audited. Following and stopping one's own needs no right. */
export const governTurns = (turns: Turns, audit: Audit): Turns => ({
  ...turns,
  ask: async (caller, ask, file) => {
    demandRight(caller, 'ask')
    const asked = await turns.ask(caller, ask, file)
    await audit.note(caller, 'question.asked', { turn: asked.turnId, connection: ask.connection ?? null })
    return asked
  },
  approve: async (caller, command) => {
    demandRight(caller, 'ask')
    await turns.approve(caller, command)
    await audit.note(caller, 'query.approved', { turn: command.turnId, digest: command.digest })
  },
  edit: async (caller, command) => {
    demandRight(caller, 'ask')
    await turns.edit(caller, command)
    await audit.note(caller, 'query.edited', { turn: command.turnId })
  },
})

/** Sessions whose ending is audited. */
export const governSessions = (sessions: Sessions, audit: Audit): Sessions => ({
  ...sessions,
  end: async (caller, sessionId) => {
    await sessions.end(caller, sessionId)
    await audit.note(caller, 'session.ended', { session: sessionId })
  },
  endAll: async (caller) => {
    await sessions.endAll(caller)
    await audit.note(caller, 'session.ended', { session: 'all' })
  },
})

/** Saved connections that only those with the right change or sign in to, each change audited. */
export const governConnections = (connections: SavedConnections, audit: Audit): SavedConnections => ({
  ...connections,
  add: async (caller, given) => {
    demandRight(caller, 'manage_connections')
    const added = await connections.add(caller, given)
    await audit.note(caller, 'connection.added', { connection: added.id, name: added.name, kind: added.kind })
    return added
  },
  update: async (caller, id, change) => {
    demandRight(caller, 'manage_connections')
    const updated = await connections.update(caller, id, change)
    await audit.note(caller, 'connection.changed', { connection: id, name: updated.name })
    return updated
  },
  remove: async (caller, id) => {
    demandRight(caller, 'manage_connections')
    await connections.remove(caller, id)
    await audit.note(caller, 'connection.removed', { connection: id })
  },
  test: async (caller, id, signal) => {
    demandRight(caller, 'manage_connections')
    return await connections.test(caller, id, signal)
  },
  refreshCatalog: async (caller, id, signal, onProgress) => {
    demandRight(caller, 'manage_connections')
    return await connections.refreshCatalog(caller, id, signal, onProgress)
  },
  startSignIn: async (caller, id, redirectUri) => {
    demandRight(caller, 'manage_connections')
    return await connections.startSignIn(caller, id, redirectUri)
  },
  finishSignIn: async (caller, ticket, query) => {
    demandRight(caller, 'manage_connections')
    return await connections.finishSignIn(caller, ticket, query)
  },
})
