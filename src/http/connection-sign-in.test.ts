import { expect, test } from 'vitest'
import { someone } from '../../test/support/callers.ts'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer } from '../../test/support/started-server.ts'
import { problem } from '../core/problem.ts'

const saved = { name: 'Acme & Söhne' } as never

/** Calls the address that a sign-in page sends people back to, and returns what the browser gets. */
async function comeBack(
  finish: () => Promise<never>,
  { cookie, publicUrl = null }: { readonly cookie?: string; readonly publicUrl?: string | null } = {},
) {
  const given: unknown[] = []
  const server = await startServer(
    scriptServices({
      connections: {
        finishSignIn: (...all) => {
          given.push(all)
          return finish()
        },
      },
    }),
    { publicUrl },
  )
  const answer = await fetch(`${server.url}/oauth/callback?code=c&state=s`, {
    redirect: 'manual',
    headers: cookie === undefined ? {} : { cookie },
  })
  const body = await answer.text()
  await server.stop()
  return { given, body, status: answer.status, headers: answer.headers, log: server.log() }
}

test.each([
  ['a server of this machine', null, 'floe-sign-in', ''],
  ['a server behind https', 'https://floe.example', '__Host-floe-sign-in', '; Secure'],
])('%s takes the ticket of the browser and forgets it', async (_, publicUrl, name, secure) => {
  const { given, status, headers } = await comeBack(() => Promise.resolve(saved), {
    cookie: `a=b; ${name}=the ticket; c=d`,
    publicUrl,
  })
  expect(given).toEqual([[someone, 'the ticket', '?code=c&state=s']])
  expect([status, headers.get('location')]).toEqual([303, '/?connection=Acme%20%26%20S%C3%B6hne'])
  expect(headers.get('set-cookie')).toBe(`${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure}`)
  expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer'])
})

test('a browser without a ticket has an empty one', async () => {
  const { given } = await comeBack(() => Promise.resolve(saved), { cookie: 'other=floe-sign-in=x' })
  expect(given).toMatchObject([[someone, '', '?code=c&state=s']])
})

test('what went wrong is said in words, and nothing in them is markup', async () => {
  const error = problem('sign_in_needed', '<b>No</b>.', 'Start <i>again</i>.', { details: ['<script>1</script>'] })
  const { status, body, headers } = await comeBack(() => Promise.reject(error))
  expect([status, headers.get('content-type')]).toEqual([409, 'text/html; charset=utf-8'])
  expect(body).toContain('<p>&lt;b&gt;No&lt;/b&gt;.</p>')
  expect(body).toContain('<p>Start &lt;i&gt;again&lt;/i&gt;.</p>')
  expect(body).toContain('<code>&lt;script&gt;1&lt;/script&gt;</code>')
})

test('a defect tells nothing and is logged', async () => {
  const { status, body, log } = await comeBack(() => Promise.reject(new Error('the secret of the defect')))
  expect(status).toBe(500)
  expect(body).not.toContain('defect')
  expect(log).toContain('the secret of the defect')
})

test.each([
  ['the page', { 'sec-fetch-site': 'same-origin' }, 'page'],
  ['a program', {}, 'api'],
])('%s comes through a door of its own', async (_, headers, door) => {
  const doors: string[] = []
  const server = await startServer(scriptServices({ history: { list: () => Promise.resolve([]) } }), {
    identify: (given) => {
      doors.push(given)
      return someone
    },
  })
  await fetch(`${server.url}/api/v1/conversations`, { headers })
  await server.stop()
  expect(doors).toEqual([door])
})
