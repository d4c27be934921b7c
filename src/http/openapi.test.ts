import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'

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
      'delete /me/apps/{grantId}',
      'delete /me/sessions/{sessionId}',
      'delete /me/tokens/{tokenId}',
      'get /app',
      'get /audit',
      'get /audit/export',
      'get /connection-shares',
      'get /connections/{connectionId}/catalog',
      'get /connections/{connectionId}/shares',
      'get /conversations',
      'get /me/apps',
      'get /me/groups',
      'get /me/storage',
      'get /socket',
      'get /starters',
      'get /turns/{turnId}',
      'get /turns/{turnId}/events',
      'get,delete /me/sessions',
      'get,delete /shares/{shareId}',
      'get,patch /conversations/{conversationId}',
      'get,patch /me/preferences',
      'get,patch,delete /connections/{connectionId}',
      'get,patch,delete /me',
      'get,post /connections',
      'get,post /groups',
      'get,post /me/tokens',
      'get,post /people',
      'get,post /shares',
      'patch /people/{personId}',
      'patch,delete /groups/{groupId}',
      'post /connections/{connectionId}/catalog/refresh',
      'post /connections/{connectionId}/sign-in',
      'post /connections/{connectionId}/test',
      'post /turns',
      'post /turns/{turnId}/approve',
      'post /turns/{turnId}/cancel',
      'post /turns/{turnId}/edit',
      'put,delete /connections/{connectionId}/shares/{groupId}',
      'put,delete /groups/{groupId}/members/{personId}',
    ])
    expect(Object.keys(document.paths['/turns']?.post?.responses['200']?.content ?? {})).toEqual(['text/event-stream'])
    const answers = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .map(({ responses }) => responses.default)
    expect(answers.every((answer) => answer?.content?.['application/problem+json'] !== undefined)).toBe(true)
  })

  test('every reference of the document resolves', async () => {
    const text = await (await get('/api/v1/openapi.json')).text()
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } }
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1] ?? '')
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !(name in components.schemas))).toEqual([])
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
