import { readFile } from 'node:fs/promises'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { WorkloadProvider } from '../../../contract/snowflake/sign-in.ts'
import { problem } from '../../../core/problem.ts'
import { makeUserAgent, type SignInImplementation } from './sign-in-method.ts'

/** The identity of the machine that Floe runs on. */
export interface Workload {
  readonly provider: WorkloadProvider
  /** The file of its OIDC token, which another program renews while Floe runs; null for clouds. */
  readonly tokenFile: string | null
}

/** The identity of the machine; `workload` is null where nobody may sign in with it. */
export const makeWorkloadIdentity = (workload: Workload | null): SignInImplementation<'workload_identity'> => ({
  method: 'workload_identity',
  optionName: 'workload-identity',
  ...(workload === null
    ? {
        refusal:
          'This Floe does not offer the identity of its machine. Its operator can allow it by setting WORKLOAD_IDENTITY.',
      }
    : {}),
  fields: [
    {
      field: 'provider',
      option: '--provider <provider>',
      description: 'whose identity',
      choices: WorkloadProvider.options,
    },
  ],
  async prepare({ provider }) {
    if (provider === workload?.provider)
      return await Promise.resolve({
        signIn: { method: 'workload_identity', provider },
        secret: null,
        needsSignIn: false,
      })
    throw problem(
      'bad_request',
      workload === null
        ? 'This Floe does not offer the identity of its machine.'
        : `The identity of this machine is one of ${workload.provider}.`,
      'The operator of Floe can allow it by setting WORKLOAD_IDENTITY.',
    )
  },
  async credential({ provider }) {
    if (provider !== workload?.provider)
      throw problem(
        'connection_broken',
        `This Floe does not offer an identity of ${provider} any more.`,
        'The operator of Floe can allow it by setting WORKLOAD_IDENTITY; or give the connection another sign-in.',
      )
    const token = workload.tokenFile === null ? null : await readTokenFile(workload.tokenFile)
    return { method: 'workload_identity', provider, token }
  },
  setupSql: () => null,
  browser: null,
  isForPeople: false,
  markAsAgent: (user) => ({
    action: "An administrator makes the user an agent's and sets the scope.",
    statements: makeUserAgent(quotedName(user)),
  }),
  explainedCodes: [],
  explain: () => null,
})

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
