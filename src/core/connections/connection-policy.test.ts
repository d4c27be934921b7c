import { describe, expect, test } from 'vitest'
import { ConnectionPolicies } from '../../contract/connection-policies.ts'
import { choosePolicy, defaultConnectionPolicy, type ConnectionPolicy } from './connection-policy.ts'

const installation: ConnectionPolicy = { ...defaultConnectionPolicy, samplesToModel: false }
const choose = (policies: unknown, name = 'Sales') =>
  choosePolicy(installation, ConnectionPolicies.parse(policies), name)

describe('the policy of a connection', () => {
  test('is the installation’s where nothing is set, and for names without an entry', () => {
    expect(choose({})).toEqual(installation)
    expect(choose({ other: { maxRows: 5 } })).toEqual(installation)
  })

  test('has every setting of its entry, whatever the case of the name', () => {
    const { guard, limits, samplesToModel } = choose({
      SALES: {
        allowFunctionGroups: ['ai'],
        allowFunctions: ['db.tools."Net.Price"'],
        allowTableFunctions: ['db.tools.days'],
        maxRows: 10,
        queryTimeoutSeconds: 7,
        askAboveGigabytes: 1.5,
        refuseAboveGigabytes: 0,
        samplesToModel: true,
      },
    })
    expect(guard).toEqual({
      allowFunctionGroups: ['ai'],
      allowFunctions: [['DB', 'TOOLS', 'Net.Price']],
      allowTableFunctions: [['DB', 'TOOLS', 'DAYS']],
    })
    expect(limits).toEqual({
      ...installation.limits,
      maxRows: 10,
      queryTimeoutMs: 7_000,
      askAboveBytes: 1.5e9,
      refuseAboveBytes: 0,
    })
    expect(samplesToModel).toBe(true)
  })

  test('without an entry has all that * sets, looser or stricter', () => {
    const { guard, limits } = choose({ '*': { allowFunctionGroups: ['ai'], queryTimeoutSeconds: 600, maxRows: 10 } })
    expect(guard.allowFunctionGroups).toEqual(['ai'])
    expect(limits).toMatchObject({ queryTimeoutMs: 600_000, maxRows: 10 })
  })

  test.each([
    ['opens no functions', { allowFunctionGroups: ['ai'], allowFunctions: ['a.b.c'], allowTableFunctions: ['a.b.c'] }],
    [
      'raises no limit',
      { queryTimeoutSeconds: 600, askAboveGigabytes: 1_000, refuseAboveGigabytes: 5_000, maxRows: 1_000_000 },
    ],
    ['shows a model nothing', { samplesToModel: true }],
  ])('with an entry: * %s', (_what, general) => {
    expect(choose({ '*': general, sales: {} })).toEqual(installation)
  })

  test('with an entry: * lowers limits that the entry leaves out, and none that it sets', () => {
    const general = { maxRows: 10, queryTimeoutSeconds: 5, askAboveGigabytes: 1, refuseAboveGigabytes: 2 }
    expect(choose({ '*': general, sales: { queryTimeoutSeconds: 300 } }).limits).toEqual({
      ...installation.limits,
      maxRows: 10,
      queryTimeoutMs: 300_000,
      askAboveBytes: 1e9,
      refuseAboveBytes: 2e9,
    })
    expect(
      choosePolicy(defaultConnectionPolicy, { '*': { samplesToModel: false }, sales: {} }, 'sales').samplesToModel,
    ).toBe(false)
  })
})
