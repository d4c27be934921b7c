import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { childrenOf } from '../support/child-processes.ts'
import { postTurn, readEvents, runFloe, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { prepareAccount, token } from '../support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

const missing = snowflakeDoubleMissing()
const sql = 'SELECT ID FROM T'

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // Its entry is gone with it.
    return false
  }
}

describe.skipIf(missing !== null)(
  `fakesnow: a server that dies with a query in Snowflake${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let folder: string
    let env: Record<string, string>
    let double: SnowflakeDouble
    let account: DoubleAccount
    const logs: string[] = []

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'floe-snowflake-crash-'))
      env = { DATA_DIR: folder, SNOWFLAKE_ALLOW_LOOPBACK: 'true', LOG_LEVEL: 'trace' }
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      await prepareAccount(account, ['CREATE TABLE T (ID INT)', 'INSERT INTO T VALUES (1)'])
      await addConnection()
    }, 300_000)
    afterAll(async () => {
      await double.close()
      rmSync(folder, { recursive: true, force: true })
    })

    async function addConnection(): Promise<void> {
      const server = await serveFloe(env)
      const answer = await fetch(`${server.url}/api/v1/connections`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          account: `${account.accessUrl}/${account.account}`,
          role: 'ANALYST',
          warehouse: 'WH',
          database: 'SALES',
          schema: 'PUBLIC',
          name: 'prod',
          signIn: { method: 'access_token', user: 'READER', token },
        }),
      })
      expect(answer.status, await answer.text()).toBe(201)
      await end(server)
    }
    async function end(server: ServedFloe): Promise<void> {
      expect(await server.stop()).toBe(0)
      logs.push(server.log())
    }
    /** Asks for a query that takes ten minutes and waits until Snowflake works on it and its id is told. */
    async function untilRunning(server: ServedFloe): Promise<TurnEvent & { readonly queryId: string }> {
      await account.fault({ at: 'execution', action: 'delay', match: '^SELECT ID FROM T', seconds: 600 })
      for await (const event of readEvents(await postTurn(server.url, { sql, connection: 'prod', autoRun: true }))) {
        if (event.kind === 'turn.failed') throw new Error(event.problem.message)
        if (event.kind === 'step' && event.queryId !== undefined) return { ...event, queryId: event.queryId }
      }
      throw new Error('The query never ran.')
    }
    const endOf = async (queryId: string): Promise<string | undefined> => {
      for (let count = 1; ; count += 1) {
        const ended = await account.until('ended', { match: 'FROM T', count })
        const found = ended.find((entry) => entry.queryId === queryId)
        if (found !== undefined) return found.state
      }
    }

    test('SIGTERM: the query is cancelled before the server is gone', async () => {
      const server = await serveFloe(env)
      const { queryId } = await untilRunning(server)
      await end(server)
      const state = (await account.log()).find((entry) => entry.kind === 'ended' && entry.queryId === queryId)?.state
      expect(state).not.toBe('SUCCESS')
      expect(state).toBeDefined()
    })

    test('kill -9: the driver process cancels the query with its last words', async () => {
      const server = await serveFloe(env)
      const { queryId } = await untilRunning(server)
      await server.kill()
      expect(await endOf(queryId)).not.toBe('SUCCESS')
    })

    test.skipIf(process.platform !== 'linux').each([
      ['while it signs in', { at: 'login', action: 'hang', times: null }, 'login'],
      ['while its query waits for a warehouse', { at: 'execution', action: 'delay', seconds: 600 }, 'statement'],
      ['while Snowflake answers neither the query nor a cancel', { at: 'query', action: 'hang', times: null }, 'login'],
    ] as const)('kill -9 %s: no child process is left after 10 s', async (_, fault, moment) => {
      const server = await serveFloe(env)
      const before = (await account.log()).filter(({ kind }) => kind === moment).length
      await account.fault(fault)
      await account.fault({ at: 'abort', action: 'hang', times: null })
      const asked = postTurn(server.url, { sql, connection: 'prod', autoRun: true }).catch(() => null)
      await account.until(moment, { count: before + 1 })
      const children = childrenOf(server.process.pid ?? 0)
      // The engine of the store at least, and the driver.
      expect(children.length).toBeGreaterThan(1)
      await server.kill()
      await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 10_000, interval: 100 })
      await account.clearFaults()
      await asked
    })

    test('kill -9 while Snowflake is out of reach: the next start cancels what was left', async () => {
      const server = await serveFloe(env)
      const { queryId } = await untilRunning(server)
      await account.fault({ at: 'abort', action: 'status', status: 503, times: null })
      await server.kill()
      const again = await serveFloe(env)
      await account.clearFaults()
      await fetch(`${again.url}/api/v1/conversations`)
      expect(await endOf(queryId)).not.toBe('SUCCESS')
      expect((await account.statements(/^SELECT ID FROM T/)).filter((entry) => entry.queryId === queryId)).toHaveLength(
        1,
      )
      await end(again)
    })

    test('no secret stands in any line of any log', async () => {
      const refused = await runFloe(['ask', 'How many rows?', '--connection', 'nobody', '--yes'], env)
      const all = [...logs, refused.out, refused.err].join('\n')
      expect(logs.length).toBeGreaterThan(2)
      expect(all).not.toContain(token)
      expect(all).not.toMatch(/ver:1-(session|master)/)
    })
  },
)
