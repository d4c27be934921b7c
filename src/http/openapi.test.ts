import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Ask } from '../contract/command.ts'
import { api } from '../contract/routes.ts'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'

interface DescribedOperation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly example?: unknown }[]
  readonly requestBody?: { readonly content: Record<string, { readonly example?: object }> }
  readonly responses: Record<string, { readonly content?: Record<string, { readonly example?: unknown }> }>
}

const answerOf = ({ responses }: DescribedOperation) =>
  Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content?.['application/json']

function missingExamples(operation: DescribedOperation): readonly string[] {
  const { operationId, parameters = [], requestBody } = operation
  const described = [
    ...parameters,
    ...[requestBody?.content['application/json'], answerOf(operation)].flatMap((content) => content ?? []),
  ]
  return described.some(({ example }) => example === undefined) ? [operationId] : []
}

interface Procedure {
  readonly inputSchema?: z.core.$ZodType
  readonly outputSchema?: z.core.$ZodType
}

/** Every route of the contract under the name that the document has for it. */
function proceduresOf(routes: object, name = ''): readonly (readonly [name: string, procedure: Procedure])[] {
  if ('~orpc' in routes) return [[name, routes['~orpc'] as Procedure]]
  return Object.entries(routes).flatMap(([key, inner]) =>
    proceduresOf(inner as object, name === '' ? key : `${name}.${key}`),
  )
}

let server: StartedServer
const get = (path: string) => fetch(server.url + path)

beforeAll(async () => {
  server = await startServer(scriptServices())
})
afterAll(() => server.stop())

describe('descriptions', () => {
  test('the OpenAPI document describes every route, the streams and the socket', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as {
      openapi: string
      paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>
    }
    expect(document.openapi).toMatch(/^3\.1/)
    expect(
      Object.entries(document.paths)
        .map(([path, item]) => `${Object.keys(item).join()} ${path}`)
        .toSorted(),
    ).toEqual([
      'delete /budgets/{budgetId}',
      'delete /me/apps/{grantId}',
      'delete /me/sessions/{sessionId}',
      'delete /me/tokens/{tokenId}',
      'delete /models/{provider}',
      'delete /people/{personId}/sessions',
      'get /app',
      'get /audit',
      'get /audit/export',
      'get /catalog/{connection}/children',
      'get /catalog/{connection}/names',
      'get /catalog/{connection}/search',
      'get /catalog/{connection}/tables/{name}',
      'get /connection-options',
      'get /connection-shares',
      'get /connections/{connectionId}/catalog',
      'get /connections/{connectionId}/places',
      'get /connections/{connectionId}/policy',
      'get /connections/{connectionId}/shares',
      'get /conversations',
      'get /conversations/{conversationId}/feedback',
      'get /exports/{exportId}/file',
      'get /favorites/{favoriteId}/changes/{turnId}',
      'get /feedback',
      'get /history',
      'get /history/conversations',
      'get /me/apps',
      'get /me/export',
      'get /me/groups',
      'get /me/storage',
      'get /people/model-usage',
      'get /shared-favorites',
      'get /socket',
      'get /starters',
      'get /turns/{turnId}/comparable',
      'get /turns/{turnId}/comparison',
      'get /turns/{turnId}/events',
      'get /turns/{turnId}/export',
      'get /turns/{turnId}/rows',
      'get /turns/{turnId}/summary',
      'get /usage',
      'get /verified-queries',
      'get /verified-queries/export',
      'get,delete /exports/{exportId}',
      'get,delete /me/sessions',
      'get,delete /shares/{shareId}',
      'get,patch /me/preferences',
      'get,patch /turns/{turnId}',
      'get,patch,delete /connections/{connectionId}',
      'get,patch,delete /conversations/{conversationId}',
      'get,patch,delete /favorites/{favoriteId}',
      'get,patch,delete /me',
      'get,post /connections',
      'get,post /favorites',
      'get,post /folders',
      'get,post /groups',
      'get,post /me/tokens',
      'get,post /people',
      'get,post /shares',
      'get,put /budgets',
      'get,put,patch /models',
      'patch /people/{personId}',
      'patch,delete /folders/{folderId}',
      'patch,delete /groups/{groupId}',
      'post /catalog/{connection}/refresh',
      'post /connection-preview',
      'post /connection-setup-script',
      'post /connections/{connectionId}/catalog/refresh',
      'post /connections/{connectionId}/restore',
      'post /connections/{connectionId}/set-aside',
      'post /connections/{connectionId}/sign-in',
      'post /connections/{connectionId}/test',
      'post /connections/{connectionId}/test/steps',
      'post /conversations/{conversationId}/fork',
      'post /conversations/{conversationId}/restore',
      'post /favorites/{favoriteId}/duplicate',
      'post /favorites/{favoriteId}/restore',
      'post /favorites/{favoriteId}/run',
      'post /folders/{folderId}/restore',
      'post /models/test',
      'post /models/{provider}/restore',
      'post /sql/check',
      'post /turns',
      'post /turns/{turnId}/approve',
      'post /turns/{turnId}/cancel',
      'post /turns/{turnId}/edit',
      'post /turns/{turnId}/exports',
      'put /favorites/{favoriteId}/result',
      'put /turns/{turnId}/chart',
      'put,delete /connections/{connectionId}/shares/{groupId}',
      'put,delete /favorites/{favoriteId}/shares/{groupId}',
      'put,delete /favorites/{favoriteId}/verified',
      'put,delete /groups/{groupId}/members/{personId}',
      'put,delete /turns/{turnId}/feedback',
    ])
    expect(Object.keys(document.paths['/turns']?.post?.responses['200']?.content ?? {})).toEqual(['text/event-stream'])
    const answers = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .map(({ responses }) => responses.default)
    expect(answers.every((answer) => answer?.content?.['application/problem+json'] !== undefined)).toBe(true)
  })

  test('says how programs prove who they are', async () => {
    const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
      security: readonly Record<string, unknown>[]
      components: { securitySchemes: Record<string, unknown> }
    }
    expect(document.security.flatMap((scheme) => Object.keys(scheme))).toEqual(['bearer', 'app', 'session'])
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      app: { flows: { authorizationCode: { authorizationUrl: '/oauth/auth', tokenUrl: '/oauth/token' } } },
    })
  })

  test('every reference of the document resolves', async () => {
    const text = await (await get('/api/v1/openapi.json')).text()
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } }
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1] ?? '')
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !(name in components.schemas))).toEqual([])
  })

  test('every parameter, body and answer in JSON has an example that fits the contract', async () => {
    const { paths } = (await (await get('/api/v1/openapi.json')).json()) as {
      paths: Record<string, Record<string, DescribedOperation>>
    }
    const operations = Object.values(paths).flatMap((item) => Object.values(item))
    expect(operations.flatMap(missingExamples)).toEqual([])
    const contracts = new Map(proceduresOf(api))
    for (const operation of operations.filter(({ operationId }) => contracts.has(operationId))) {
      const { operationId, parameters = [], requestBody } = operation
      const contract = contracts.get(operationId)
      const asked = Object.fromEntries(parameters.map(({ name, example }) => [name, example]))
      const input = { ...asked, ...requestBody?.content['application/json']?.example }
      expect([
        operationId,
        contract?.inputSchema === undefined ? undefined : z.safeParse(contract.inputSchema, input).error,
      ]).toEqual([operationId, undefined])
      const answer = answerOf(operation)?.example
      // Streams are described by the events they hold.
      if (answer === undefined) continue
      // Nor does an answer hold anything that the contract does not name.
      expect([
        operationId,
        contract?.outputSchema === undefined ? undefined : z.parse(contract.outputSchema, answer),
      ]).toEqual([operationId, answer])
    }
    const ask = paths['/turns']?.['post']?.requestBody?.content['application/json']?.example
    expect(Ask.safeParse(ask).error).toBe(undefined)
  })

  test('the docs are a page without script', async () => {
    const response = await get('/api/docs')
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(text).toContain('POST /turns')
    expect(text).not.toMatch(/<script|style=/)
    expect((await get('/api/docs/style.css')).headers.get('content-type')).toContain('text/css')
  })
})
