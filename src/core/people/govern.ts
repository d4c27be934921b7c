import type { Journey } from '../ask/journey.ts'
import type { Turns } from '../ask/turns.ts'
import type { AuditAction, AuditEntry } from '../../contract/audit.ts'
import { sampleConnection } from '../../contract/command.ts'
import { demandRight } from '../caller.ts'
import type { SavedConnections } from '../connections/saved-connections.ts'
import { ProblemError } from '../problem.ts'
import type { Audit } from './audit.ts'
import type { Sessions } from './sessions.ts'

/** Turns that only those with the right start and decide about, each act audited. Following and stopping one's own needs no right. */
export const governTurns = (turns: Turns, audit: Audit): Turns => ({
  ...turns,
  ask: async (caller, ask, file) => {
    demandRight(caller, 'ask')
    const asked = await turns.ask(caller, ask, file)
    const { connection = sampleConnection, autoRun = false } = ask
    const bySetting = typeof autoRun === 'boolean' ? {} : { withinBytes: autoRun.maxBytes }
    await audit.note(caller, 'question.asked', {
      turn: asked.turnId,
      connection,
      autoRun: autoRun !== false,
      ...bySetting,
    })
    return asked
  },
  approve: async (caller, command) => {
    demandRight(caller, 'ask')
    const note = () => audit.note(caller, 'query.approved', { turn: command.turnId, digest: command.digest })
    // Of people who sign in nothing runs that is not written down before; the one person of a machine goes on while the store is away.
    if (!caller.isLocal) await note()
    await turns.approve(caller, command)
    if (caller.isLocal) await note()
  },
  edit: async (caller, command) => {
    demandRight(caller, 'ask')
    try {
      await turns.edit(caller, command)
    } catch (error) {
      if (isRefusal(error))
        await audit.note(caller, 'query.refused', { turn: command.turnId, code: error.problem.code })
      throw error
    }
    await audit.note(caller, 'query.edited', { turn: command.turnId })
  },
})

/** Whether somebody was told that they may not run a query. */
const isRefusal = (error: unknown): error is ProblemError =>
  error instanceof ProblemError &&
  ['sql_refused', 'query_too_large', 'budget_used', 'forbidden'].includes(error.problem.code)

/**
 * A journey whose query is audited: how it ran, or that it was refused. `governTurns` notes an approval before the query runs, and a question
 * that runs by itself while it is being read. An entry that cannot be stored is told to `onFault`, because by then the answer is there.
 */
export const auditJourney = (
  journey: Journey,
  { audit, onFault }: { readonly audit: Audit; readonly onFault: (error: unknown) => void },
): Journey =>
  async function* audited(order, decision, signal) {
    const { caller, turnId: turn, connection, file } = order
    const note = async (action: AuditAction, facts: AuditEntry['facts']): Promise<void> =>
      await audit.note(caller, action, { turn, connection, ...facts }).catch(onFault)
    let approvedBy: 'person' | 'auto' | 'setting' | null = null
    let outcome: AuditEntry['facts'] = { outcome: 'stopped' }
    try {
      for await (const fact of journey(order, decision, signal)) {
        if (fact.kind === 'query.approved') approvedBy = fact.setting === undefined ? fact.by : 'setting'
        if (fact.kind === 'result.done') outcome = { outcome: 'done', rows: fact.rowCount, bytes: fact.bytes }
        yield fact
      }
    } catch (error) {
      if (isRefusal(error)) await note('query.refused', { code: error.problem.code })
      if (!signal.aborted && outcome['outcome'] === 'stopped') outcome = { outcome: 'failed' }
      throw error
    } finally {
      if (approvedBy !== null)
        await note('query.run', { by: approvedBy, ...outcome, format: file?.form.format ?? null })
    }
  }

/** Sessions whose ending is audited. */
export const governSessions = (sessions: Sessions, audit: Audit): Sessions => ({
  ...sessions,
  end: async (caller, sessionId) => {
    demandRight(caller, 'manage_account')
    await sessions.end(caller, sessionId)
    await audit.note(caller, 'session.ended', { session: sessionId })
  },
  endAll: async (caller) => {
    demandRight(caller, 'manage_account')
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
  setAside: async (caller, id) => {
    demandRight(caller, 'manage_connections')
    await connections.setAside(caller, id)
    await audit.note(caller, 'connection.removed', { connection: id })
  },
  restore: async (caller, id) => {
    demandRight(caller, 'manage_connections')
    const restored = await connections.restore(caller, id)
    await audit.note(caller, 'connection.restored', { connection: id, name: restored.name })
    return restored
  },
  test: async (caller, id, signal, onStep) => {
    demandRight(caller, 'manage_connections')
    return await connections.test(caller, id, signal, onStep)
  },
  places: async (caller, id, signal) => {
    demandRight(caller, 'manage_connections')
    return await connections.places(caller, id, signal)
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
