import { createORPCClient, type ClientContext, type ClientLink } from '@orpc/client'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { apiPrefix, askingApi } from '../../contract/api.ts'
import { Problem } from '../../contract/problem.ts'
import type { api } from '../../contract/routes.ts'
import { say } from '../words/language.ts'
import { problemWords } from '../words/shell.ts'
import { isSignedOut, ofThisPage, RefusedCommand } from './channel.ts'

/** The REST interface as functions, each checked against the contract. They reject with `RefusedCommand` when the server says why not. */
export type ApiClient = ContractRouterClient<typeof api>

type Link = ClientLink<ClientContext>

/**
 * Makes the client of the server at `origin`. `onSignedOut` is called whenever the server says that nobody is signed in. Routes that asking
 * does not need are described in a part of their own, which the first call of any of them fetches.
 */
export function makeApiClient(origin: string, onSignedOut?: () => void): ApiClient {
  const linkTo = (contract: AnyContractRouter): Link =>
    new OpenAPILink(contract, {
      url: origin + apiPrefix,
      plugins: [new ResponseValidationPlugin(contract)],
      fetch: async (request, init) => {
        try {
          return await fetchAccepted(request, init)
        } catch (error) {
          if (isSignedOut(error)) onSignedOut?.()
          throw error
        }
      },
    })
  const asking = linkTo(askingApi)
  let others: Promise<Link> | null = null
  const loadOthers = async (): Promise<Link> => {
    const { api } = await import('../../contract/routes.ts')
    return linkTo(api)
  }
  return createORPCClient({
    call: async (path, input, options) => {
      if (isForAsking(path)) return await asking.call(path, input, options)
      others ??= loadOthers().catch((error: unknown) => {
        others = null
        throw error
      })
      const link = await others
      return await link.call(path, input, options)
    },
  } satisfies Link)
}

function isForAsking(path: readonly string[]): boolean {
  let part: unknown = askingApi
  for (const name of path) part = typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined
  return part !== undefined
}

/** Fetches, and throws `RefusedCommand` with the problem in the body of any answer that is not a success. */
export async function fetchAccepted(request: Request | string, init: RequestInit): Promise<Response> {
  const response = await fetch(request, init)
  if (response.ok) return response
  const problem = Problem.safeParse(await response.json().catch(() => null))
  if (problem.success) throw new RefusedCommand(problem.data)
  throw new RefusedCommand(
    ofThisPage({
      code: response.status === 404 ? 'not_found' : 'internal',
      message: say(problemWords.status, { status: String(response.status) }),
      action: problemWords.statusAction,
      whoseTurn: 'operator',
    }),
  )
}
