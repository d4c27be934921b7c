import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { api, apiPrefix } from '../../contract/api.ts'
import { Problem } from '../../contract/problem.ts'
import { isSignedOut, RefusedCommand } from './channel.ts'

/** The REST interface as functions, each checked against the contract. They reject with `RefusedCommand` when the server says why not. */
export type ApiClient = ContractRouterClient<typeof api>

/** Makes the client of the server at `origin`. `onSignedOut` is called whenever the server says that nobody is signed in. */
export const makeApiClient = (origin: string, onSignedOut?: () => void): ApiClient =>
  createORPCClient(
    new OpenAPILink(api, {
      url: origin + apiPrefix,
      plugins: [new ResponseValidationPlugin(api)],
      fetch: async (request, init) => {
        try {
          return await fetchAccepted(request, init)
        } catch (error) {
          if (isSignedOut(error)) onSignedOut?.()
          throw error
        }
      },
    }),
  )

/** Fetches, and throws `RefusedCommand` with the problem in the body of any answer that is not a success. */
export async function fetchAccepted(request: Request | string, init: RequestInit): Promise<Response> {
  const response = await fetch(request, init)
  if (response.ok) return response
  const problem = Problem.safeParse(await response.json().catch(() => null))
  if (problem.success) throw new RefusedCommand(problem.data)
  throw new RefusedCommand({
    code: response.status === 404 ? 'not_found' : 'internal',
    message: `Floe answered with status ${response.status}.`,
    action: 'Try again in a moment.',
    whoseTurn: 'operator',
  })
}
