import type { OauthStore } from '../../core/ports/oauth-store.ts'
import type { Database, Statements } from './database.ts'

// Late, because loading the query builder costs more than the rest of a short command.
const load = () => import('./oauth-statements.ts')

/** Keeps what the authorization server keeps in PostgreSQL. */
export function makePostgresOauthStore({ database }: { readonly database: Database }): OauthStore {
  let loading: ReturnType<typeof load> | null = null
  const run = async <T>(
    work: (known: Awaited<ReturnType<typeof load>>, statements: Statements) => Promise<T>,
  ): Promise<T> => {
    const known = await (loading ??= load())
    return await database.run((statements) => work(known, statements))
  }
  return {
    put: (kind, id, artifact) => run((known, on) => known.putArtifact(on, kind, id, artifact)),
    find: (kind, id) => run((known, on) => known.selectArtifact(on, kind, id)),
    consume: (kind, id, callId) => run((known, on) => known.consumeArtifact(on, kind, id, callId)),
    remove: (kind, id) => run((known, on) => known.deleteArtifact(on, kind, id)),
    removeByGrant: (kind, grantId) => run((known, on) => known.deleteByGrant(on, kind, grantId)),
    countClients: () => run((known, on) => known.countClients(on)),
    describeGrant: (grantId, app, now) => run((known, on) => known.describeGrant(on, grantId, app, now)),
    findGrant: (grantId, now) => run((known, on) => known.selectGrant(on, grantId, now)),
    noteGrantUse: (grantId, now) => run((known, on) => known.noteGrantUse(on, grantId, now)),
    listGrants: (userId, now) => run((known, on) => known.selectGrants(on, userId, now)),
    endGrant: (userId, grantId) => run((known, on) => known.deleteGrant(on, userId, grantId)),
    endGrantsOf: (userId) => run((known, on) => known.deleteGrants(on, userId)),
    listKeys: () => run((known, on) => known.selectKeys(on)),
    addKey: (key, unlessSince) => run((known, on) => known.insertKey(on, key, unlessSince)),
    sweep: (now, patience) => run((known, on) => known.sweepOauth(on, now, patience)),
  }
}
