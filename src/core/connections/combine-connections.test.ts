import { describe, expect, test } from 'vitest'
import type { WarehouseSource } from '../ports/connections.ts'
import { combineConnections } from './combine-connections.ts'
import { defaultConnectionPolicy } from './connection-policy.ts'
import { caller, codeOf, emptyCatalog, makeScriptedSession, never } from './scripted-kind.test-support.ts'

describe('the policy of a connection', () => {
  const sourceOf = (ref: string, probing: 'off' | 'compare' | 'read'): WarehouseSource => ({
    owns: (given) => given === ref,
    list: () => Promise.resolve([{ ref, label: ref, engine: 'Scripted', warning: null, saved: null }]),
    open: (_caller, given) =>
      Promise.resolve({
        ref: given,
        label: given,
        probing,
        warehouse: plainWarehouse,
        catalog: () => Promise.resolve(emptyCatalog),
      }),
    close: () => Promise.resolve(void closed.push(ref)),
  })
  const closed: string[] = []
  const plainWarehouse = makeScriptedSession().warehouse(() => Promise.resolve(emptyCatalog))
  const connections = combineConnections({
    sources: [sourceOf('sample', 'read'), sourceOf('Acme', 'compare'), sourceOf('Quiet', 'off')],
    rowFiles: { write: () => Promise.reject(new Error('not scripted')) },
    policyOf: (ref) => ({
      ...defaultConnectionPolicy,
      samplesToModel: ref === 'sample',
      // Whatever a policy says: the consent is the owner's.
      probing: ref === 'Quiet' ? 'read' : 'off',
    }),
  })

  test.each([
    ['sample', true, 'read'],
    ['Acme', false, 'compare'],
    ['Quiet', false, 'off'],
  ])('%s has its own limits and the consent of its owner', async (ref, samplesToModel, probing) => {
    const { policy, ...opened } = await connections.open(caller, ref, never)
    expect(policy).toEqual({ ...defaultConnectionPolicy, samplesToModel, probing })
    expect(opened).not.toHaveProperty('probing')
  })

  test('is asked of the source that owns the reference, and all are listed and closed', async () => {
    expect(['sample', 'Acme', 'nobody'].map((ref) => connections.owns(ref))).toEqual([true, true, false])
    expect(await codeOf(connections.open(caller, 'nobody', never))).toBe('connection_unknown')
    expect((await connections.list(caller)).map(({ ref }) => ref)).toEqual(['sample', 'Acme', 'Quiet'])
    await connections.close()
    expect(closed).toEqual(['sample', 'Acme', 'Quiet'])
  })
})
