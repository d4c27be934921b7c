import { describe, expect, test } from 'vitest'
import type { ConnectionSummary } from '../../contract/api.ts'
import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { OpenConnection } from '../ports/connections.ts'
import { problem } from '../problem.ts'
import { makeReadAppInfo } from './app-info.ts'
import { defaultConnectionPolicy } from './connection-policy.ts'
import { makeDiagnose } from './diagnose.ts'
import {
  caller,
  codeOf,
  emptyCatalog,
  makeSaved,
  makeScriptedSession,
  never,
  newConnection,
  report,
} from './scripted-kind.test-support.ts'

const summary = (ref: string): ConnectionSummary => ({
  ref,
  label: ref,
  engine: 'Scripted',
  warning: null,
  saved: null,
})
const away = problem('store_unavailable', 'The store is away.', 'Wait.')

describe('what the page needs first', () => {
  const read = (list: () => Promise<readonly ConnectionSummary[]>, local = [summary('sample')]) =>
    makeReadAppInfo({
      connections: { list },
      localConnections: { list: () => Promise.resolve(local) },
      writers: {
        defaultId: 'offline',
        list: () => Promise.resolve([{ id: 'offline', label: 'Built in' }]),
        pick: () => null as never,
      },
      starters: (_caller, connection) => Promise.resolve([`How many ${connection}s?`]),
      version: '1.2.3',
    })(caller, never)

  test('is the connections, writers and first questions', async () => {
    expect(await read(() => Promise.resolve([summary('sample'), summary('Acme')]))).toEqual({
      version: '1.2.3',
      connections: [summary('sample'), summary('Acme')],
      connectionsProblem: null,
      writers: [{ id: 'offline', label: 'Built in' }],
      defaultWriter: 'offline',
      starters: ['How many samples?'],
    })
  })

  test('holds no questions where there is no sample: an account is not opened for them', async () => {
    const list = [summary('Acme')]
    expect(await read(() => Promise.resolve(list), [])).toMatchObject({ connections: list, starters: [] })
  })

  test('is what needs no store while the store is away, and why the rest is missing', async () => {
    const info = await read(() => Promise.reject(away))
    expect(info).toMatchObject({ connections: [summary('sample')], connectionsProblem: away.problem })
    await expect(read(() => Promise.reject(new Error('a defect')))).rejects.toThrow('a defect')
  })
})

describe('a test of a connection', () => {
  const policy = { allowFunctionGroups: ['ai'], allowFunctions: [], allowTableFunctions: [] } as GuardPolicy
  const guarded: unknown[] = []

  /** Diagnoses a connection whose engine answers the compiling of the smallest query. */
  function diagnose(ref: string, compile: () => Promise<never>) {
    const plain = makeScriptedSession().warehouse(() => Promise.resolve(emptyCatalog))
    const connection: OpenConnection = {
      ref,
      label: `The ${ref}`,
      warehouse: { ...plain, compile },
      policy: { ...defaultConnectionPolicy, guard: policy },
      catalog: () => Promise.resolve(emptyCatalog),
    }
    const { saved } = makeSaved({}, () =>
      Promise.resolve({ report, findings: { ...report, scope: null, checkedAt: null } }),
    )
    const run = makeDiagnose({
      guard: {
        guardSql: (sql, options) => {
          guarded.push([sql, options.policy])
          return Promise.resolve({ ok: true, sql: sql as never, tables: [], unboundedRows: null })
        },
        capRows: () => Promise.reject(new Error('not capped')),
      },
      connections: {
        owns: () => true,
        list: () => Promise.resolve([]),
        open: () => Promise.resolve(connection),
        close: () => Promise.resolve(),
      },
      savedConnections: saved,
    })
    return { saved, run: (signal = never) => run(caller, ref, signal) }
  }

  test.each(['sample', 'folder:/data'])('%s has its engine compile a query under its policy', async (ref) => {
    guarded.length = 0
    let compiled = 0
    const { run } = diagnose(ref, () => Promise.resolve((compiled += 1) as never))
    expect(await run()).toMatchObject({
      steps: [{ name: 'reach', state: 'ok', detail: `The ${ref}: reached, sees 0 tables.`, action: null }],
      warning: null,
    })
    expect([compiled, guarded]).toEqual([1, [['SELECT 1', policy]]])
  })

  test('a fault is a finding, and a stop is none', async () => {
    const { run } = diagnose('sample', () => Promise.reject(problem('warehouse_failed', 'It failed.', 'Wait.')))
    expect(await run()).toMatchObject({ steps: [{ state: 'failed', detail: 'It failed.', action: 'Wait.' }] })
    const stopped = AbortSignal.abort(new Error('stopped'))
    await expect(run(stopped)).rejects.toThrow('stopped')
  })

  test('a saved one is tested step by step by its kind', async () => {
    const { run, saved } = diagnose('Acme', () => Promise.reject(new Error('not compiled')))
    expect(await codeOf(run())).toBe('connection_unknown')
    await saved.add(caller, newConnection('Acme'))
    expect(await run()).toBe(report)
  })
})
