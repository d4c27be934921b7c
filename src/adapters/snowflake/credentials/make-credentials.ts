import { readFile } from 'node:fs/promises'
import type { WorkloadProvider } from '../../../contract/connection.ts'
import type { ConnectionRow, ConnectionStore } from '../../../core/ports/connection-store.ts'
import type { SecretBox } from '../../../core/ports/secret-box.ts'
import { problem } from '../../../core/problem.ts'
import type { SnowflakeCredential } from '../snowflake-link.ts'
import type { TokenSource } from './renew-token.ts'
import { readKeySecret, readTokenSecret } from './stored-secret.ts'

/** The identity of the machine that Floe runs on. */
export interface Workload {
  readonly provider: WorkloadProvider
  /** Where its OIDC token lies, which is written anew from outside while Floe runs; null for clouds. */
  readonly tokenFile: string | null
}

interface CredentialNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
  /** Gives a browser sign-in's access token, fresh. */
  readonly token: TokenSource
  /** The machine's own identity; null where nobody may sign in with it. */
  readonly workload: Workload | null
}

/** Gives a connection's credential; `isRefused` when Snowflake has just refused the one given last. */
export type CredentialSource = (row: ConnectionRow, isRefused: boolean) => Promise<SnowflakeCredential>

/** Makes a connection's credential at the moment it is needed. Throws `sign_in_needed`, `connection_broken`, `warehouse_unreachable`. */
export function makeCredentials(needs: CredentialNeeds): CredentialSource {
  const openSecret = async (row: ConnectionRow): Promise<string | null> => {
    const { ownerId, id, revision } = row
    const now = await needs.store.read(ownerId, id)
    if (now === null || now.revision !== revision)
      throw problem('connection_broken', 'The connection was changed meanwhile.', 'Ask again.')
    return now.sealedSecret === null ? null : await needs.secrets.open(now.sealedSecret, { ownerId, rowId: id })
  }
  return async (row, isRefused) => {
    const { signIn, ownerId, id } = row
    switch (signIn.method) {
      case 'key_pair':
        return { method: 'key_pair', user: signIn.user, ...readKeySecret(await openSecret(row)) }
      case 'access_token':
        return { method: 'access_token', user: signIn.user, ...readTokenSecret(await openSecret(row)) }
      case 'workload_identity':
        return await readWorkload(needs.workload, signIn.provider)
      case 'snowflake_oauth':
      case 'external_oauth':
        return { method: 'oauth', token: await needs.token({ ownerId, id }, isRefused) }
    }
  }
}

async function readWorkload(workload: Workload | null, provider: WorkloadProvider): Promise<SnowflakeCredential> {
  if (workload === null || workload.provider !== provider)
    throw problem(
      'connection_broken',
      `This Floe does not lend out an identity of ${provider} any more.`,
      'Whoever runs Floe can allow it by setting WORKLOAD_IDENTITY; or give the connection another sign-in.',
    )
  const token = workload.tokenFile === null ? null : await readTokenFile(workload.tokenFile)
  return { method: 'workload_identity', provider, token }
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw problem(
      'connection_broken',
      `The OIDC token file ${path} cannot be read (${code}).`,
      'Check WORKLOAD_IDENTITY and that the file is mounted.',
    )
  }
}
