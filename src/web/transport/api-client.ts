import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { api, apiPrefix } from '../../contract/api.ts'
import { Problem } from '../../contract/problem.ts'
import { RefusedCommand } from './channel.ts'

/** The REST interface as functions, each checked against the contract. They reject with `RefusedCommand` when the server says why not. */
export type ApiClient = ContractRouterClient<typeof api>

/** Makes the client of the server at `origin`. */
export const makeApiClient = (origin: string): ApiClient =>
  createORPCClient(
    new OpenAPILink(api, {
      url: origin + apiPrefix,
      plugins: [new ResponseValidationPlugin(api)],
      fetch: (request, init) => fetchAccepted(request, init),
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
