import { randomUUID } from 'node:crypto'
import type { DoubleAccount } from './double-account.ts'
import { readerToken } from './open-reader.ts'

/** What the service answers. */
export interface WireAnswer {
  readonly success: boolean
  readonly code: string | null
  readonly data: {
    readonly token: string
    readonly parameters: readonly { readonly name: string }[]
    readonly rowtype: readonly object[]
    readonly chunks: readonly { readonly url: string }[]
    readonly chunkHeaders: Record<string, string>
  }
}

/** Signs READER in and speaks the wire format without the driver. */
export async function signIn(account: DoubleAccount) {
  const post = async (path: string, body: object, token = ''): Promise<WireAnswer> => {
    const headers = { authorization: `Snowflake Token="${token}"` }
    const response = await fetch(`${account.accessUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as WireAnswer
  }
  const login = (credential: object) =>
    post('/session/v1/login-request?databaseName=DB&schemaName=S', {
      data: { ACCOUNT_NAME: account.account, LOGIN_NAME: 'READER', ...credential },
    })
  const { data } = await login({ AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: readerToken })
  return {
    login,
    query: (sqlText: string) => post(`/queries/v1/query-request?requestId=${randomUUID()}`, { sqlText }, data.token),
  }
}
