import type { Catalog } from '../../../core/catalog/catalog.ts'
import { problem } from '../../../core/problem.ts'
import {
  makeCatalogShelf,
  makeHandClock,
  makeScriptedLink,
  type Script,
  type ScriptedLink,
} from '../scripted-link.test-support.ts'
import type { DiscoveryOrder, DiscoverySettings } from './discovery.ts'
import { documentedAccount } from './documented-account.test-support.ts'
import { makeDiscoveries } from './make-discoveries.ts'

export const scope = { source: 'myorg-myaccount', view: 'READER' }
export const never = new AbortController().signal
export const hour = 3_600_000

/** Discovery of a scripted account over a store and a clock in the test's hands. */
export function setUp(script: Script = documentedAccount, settings: Partial<DiscoverySettings> = {}) {
  const [clock, store, link] = [makeHandClock(), makeCatalogShelf(), makeScriptedLink(script)]
  const faults: unknown[] = []
  const discoveries = makeDiscoveries({ store, clock, settings, onFault: (error) => faults.push(error) })
  const order = (more: Partial<DiscoveryOrder> = {}): DiscoveryOrder => ({
    scope,
    link,
    userId: 'u1',
    warehouse: 'COMPUTE_WH',
    defaultDatabase: 'SALES',
    defaultSchema: 'PUBLIC',
    includeShares: false,
    ...more,
  })
  return { clock, store, link, faults, discoveries, order }
}

/** The script with another answer for some statements. */
export const replaced = (script: Script, pattern: RegExp, answer: Script[number][1]): Script => [
  [pattern, answer],
  ...script,
]
/** The statements sent since the last time. */
export const takeSent = (link: ScriptedLink): readonly string[] => link.sent.splice(0)
export const table = (catalog: Catalog, name: string) => catalog.tables.find((one) => one.name === name)
/** A statement that failed, with Snowflake's words. */
export const refused = (words: string) => problem('warehouse_failed', 'It failed.', 'Look.', { details: [words] })
