import { describe, expect, test } from 'vitest'
import { settle } from '../ask/manual-time.test-support.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import { problem } from '../problem.ts'
import { caller, never, openSaved as open, readerScope, report } from './scripted-kind.test-support.ts'

describe('the check of a sign-in', () => {
  const dayMs = 24 * 3_600_000
  const signedIn = { ...report, warning: 'It can write.' }
  const ask = async (opened: Awaited<ReturnType<typeof open>>): Promise<void> => {
    await (await opened.source.open(caller, 'Acme', never)).catalog(never)
    await settle()
  }

  test.each([
    ['never', null, true],
    ['within a day', 0, false],
    ['a day ago', dayMs + 1, true],
  ] as const)('looks the grants through where that was done last %s', async (_, agoMs, diagnoses) => {
    let diagnosed = 0
    const opened = await open({ diagnose: () => Promise.resolve(((diagnosed += 1), signedIn)) })
    opened.change({ checkedAt: agoMs === null ? null : new Date(opened.clock.now() - agoMs).toISOString() })
    await ask(opened)
    await ask(opened)
    expect([diagnosed, opened.rowNow().warning]).toEqual(diagnoses ? [1, 'It can write.'] : [0, null])
  })

  test.each([
    ['is noted', null, 'No limit.'],
    ['is put behind what is known already', 'It can write.', 'It can write. No limit.'],
    ['is noted once', 'No limit. It can write.', 'No limit. It can write.'],
  ])('what a glance shows %s', async (_, warning, after) => {
    const opened = await open({ checkSession: () => Promise.resolve('No limit.') }, { warning })
    await ask(opened)
    expect(opened.rowNow()).toMatchObject({ warning: after, scope: readerScope })
  })

  test('leaves what others have noted meanwhile as it is', async () => {
    const proved = Promise.withResolvers<CatalogScope>()
    const opened = await open({ proveScope: () => proved.promise })
    const asked = ask(opened)
    await settle()
    opened.change({ warning: 'It can write.', checkedAt: '2026-01-01T00:00:00.000Z' })
    proved.resolve(readerScope)
    await asked
    expect(opened.rowNow()).toMatchObject({
      warning: 'It can write.',
      checkedAt: '2026-01-01T00:00:00.000Z',
      scope: readerScope,
    })
  })

  test('fails no question, and only a defect is a fault', async () => {
    const defect = new Error('a defect')
    for (const [error, faults] of [
      [problem('warehouse_failed', 'It failed.', 'Wait.'), []],
      [defect, [defect]],
    ] as const) {
      const opened = await open({ checkSession: () => Promise.reject(error) })
      await ask(opened)
      expect(opened.seen.faults).toEqual(faults)
    }
  })

  test.each([
    ['with a sign-in replaces what was known', report.steps, 'It writes.', readerScope],
    ['without one leaves it', [], 'It can write.', { source: 'ACME', view: 'FORMER' }],
  ])('a diagnosis %s', async (_, steps, warning, scope) => {
    const known = { warning: 'It can write.', scope: { source: 'ACME', view: 'FORMER' }, checkedAt: null }
    const { source, rowNow, clock } = await open(
      { diagnose: () => Promise.resolve({ steps, warning: 'It writes.' }) },
      known,
    )
    const { report: told, findings } = await source.diagnose(rowNow(), never)
    expect(findings).toEqual({ warning, scope, checkedAt: new Date(clock.now()).toISOString() })
    expect(told).toEqual({ steps, warning })
  })

  test('a diagnosis whose role cannot be proved after all leaves none', async () => {
    const { source, rowNow } = await open({
      proveScope: () => Promise.reject(problem('connection_broken', 'No role.', 'Name one.')),
    })
    expect((await source.diagnose(rowNow(), never)).findings.scope).toBeNull()
  })
})
