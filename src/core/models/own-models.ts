import type { PersonModelUse } from '../../contract/budgets.ts'
import type {
  ModelKeyReport,
  ModelProvider,
  ModelSettingsChange,
  ModelsState,
  ModelUse,
  NewModelKey,
  OwnKeyUse,
  OwnModelKey,
  ProviderOffer,
} from '../../contract/models.ts'
import { ModelProvider as Provider } from '../../contract/models.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { ModelKeyRow, ModelKeyStore } from '../ports/model-key-store.ts'
import type { SecretHolder } from '../ports/secret-holder.ts'
import type { Writer } from '../ports/writer.ts'
import { problem, ProblemError } from '../problem.ts'
import { dollarsOf, sumOwnUse } from './model-use.ts'
import { accessOf, demandChange, forbiddenBy, openKey, tryKey, type OwnKeyRules, type TryKeyNeeds } from './try-key.ts'

/**
 * People's own keys for models, and what they have used. A key is tried before it is stored, is sealed for its person and row, is used for the
 * questions of its person alone, and leaves the server only towards its provider.
 */
export interface OwnModels {
  read(caller: Caller): Promise<ModelsState>
  /** Asks the provider about a key. Throws what `ModelProviders.listModels` throws, `model_unknown`, `bad_request`, and `forbidden` like all that change. */
  test(caller: Caller, tested: NewModelKey, signal: AbortSignal): Promise<ModelKeyReport>
  /** Tests and stores a key in place of the one that the provider has, or chooses a model for the stored one. */
  put(caller: Caller, key: NewModelKey, signal: AbortSignal): Promise<OwnModelKey>
  /** Takes a key out of use; it is deleted shortly after. Throws also `not_found`. */
  remove(caller: Caller, provider: ModelProvider): Promise<void>
  /** Brings back a key that was removed a moment ago. Throws also `not_found`. */
  restore(caller: Caller, provider: ModelProvider): Promise<OwnModelKey>
  change(caller: Caller, change: ModelSettingsChange): Promise<ModelsState>
}

/** What the rest of the program asks of people's own keys. */
export interface HeldModels {
  /** The tokens of all models in the last days, newest first, and what the person's own keys have used of their limits. */
  use(
    caller: Pick<Caller, 'userId'>,
    days: number,
  ): Promise<{ readonly models: readonly ModelUse[]; readonly own: OwnKeyUse }>
  /** The tokens of all models in a month (`YYYY-MM`) by person, at the operator's prices. */
  useByPeople(month: string): Promise<readonly PersonModelUse[]>
  list(caller: Caller): Promise<readonly (OwnModelKey & { readonly label: string })[]>
  /** The key of a provider, ready to write with; null where the person has none. */
  find(caller: Caller, provider: ModelProvider): Promise<FoundKey | null>
  /** Deletes removed keys of before this start. */
  begin(): Promise<void>
  end(): void
}

export type FoundKey =
  { readonly refusal: null; readonly makeWriter: (model: string) => Writer } | { readonly refusal: string }

interface OwnModelsNeeds extends TryKeyNeeds {
  readonly clock: Clock
  readonly identity: Identity
  readonly onFault: (error: unknown) => void
}

/** How long a removed key may be brought back. */
export const restoreMs = 60_000
const dayMs = 86_400_000

/** Makes the use cases of the doors, and what the rest of the program needs. */
export function makeOwnModels(needs: OwnModelsNeeds): { readonly models: OwnModels; readonly held: HeldModels } {
  const { store, secrets, rules, audit, clock, identity, onFault } = needs
  const pending = new Set<() => void>()
  const readState = async (caller: Caller): Promise<ModelsState> => {
    const [rows, { limits, prices }] = await Promise.all([store.list(caller.userId), store.settings(caller.userId)])
    return {
      providers: Provider.options.map((provider) => presentOffer(rules, provider, caller)),
      keys: rows.map((row) => presentKey(row, refusalOf(rules, row, caller))),
      limits,
      prices: [...prices],
      operatorPrices: [...rules.prices],
    }
  }
  const readOne = async (caller: Caller, provider: ModelProvider): Promise<OwnModelKey> => {
    const row = (await store.list(caller.userId)).find((each) => each.provider === provider)
    if (row === undefined) throw noKey()
    return presentKey(row, refusalOf(rules, row, caller))
  }
  const models: OwnModels = {
    read: readState,
    test: async (caller, tested, signal) => (await tryKey(needs, caller, tested, signal)).report,
    put: async (caller, given, signal) => {
      const { report, access, stored } = await tryKey(needs, caller, given, signal)
      const { provider, baseUrl } = access
      if (given.key === undefined && stored !== null) {
        if (!(await store.chooseModel(caller.userId, provider, report.model))) throw noKey()
      } else {
        const row = {
          id: identity.uuid(),
          ownerId: caller.userId,
          provider,
          lastFour: access.key.length < 12 ? null : access.key.slice(-4),
          baseUrl,
          model: report.model,
          keyedAt: clock.now(),
        }
        const sealedKey = await secrets.seal(access.key, { ownerId: row.ownerId, rowId: row.id })
        if (!(await store.put({ ...row, sealedKey }))) throw problem('signed_out', 'You are not signed in.', 'Sign in.')
      }
      await audit.note(caller, 'model_key.set', { provider, model: report.model, address: baseUrl })
      return await readOne(caller, provider)
    },
    remove: async (caller, provider) => {
      demandRight(caller, 'manage_account')
      if (!(await store.remove(caller.userId, provider, clock.now()))) throw noKey()
      const takeBack = clock.after(restoreMs + 1_000, () => {
        pending.delete(takeBack)
        store.purge(clock.now() - restoreMs).catch(onFault)
      })
      pending.add(takeBack)
      await audit.note(caller, 'model_key.removed', { provider })
    },
    restore: async (caller, provider) => {
      demandChange(caller)
      if (!(await store.restore(caller.userId, provider, clock.now() - restoreMs)))
        throw problem('not_found', 'The key is gone by now.', 'Put it in again.')
      await audit.note(caller, 'model_key.restored', { provider })
      return await readOne(caller, provider)
    },
    change: async (caller, change) => {
      demandChange(caller)
      await store.changeSettings(caller.userId, change)
      await audit.note(caller, 'model_settings.changed', { fields: Object.keys(change).toSorted().join(', ') })
      return await readState(caller)
    },
  }
  const held: HeldModels = {
    use: async ({ userId }, days) => {
      const now = clock.now()
      const today = new Date(now).toISOString().slice(0, 10)
      const from = new Date(now - (days - 1) * dayMs).toISOString().slice(0, 10)
      const monthBegan = `${today.slice(0, 7)}-01`
      const [{ limits, prices }, read] = await Promise.all([
        store.settings(userId),
        store.use(userId, from < monthBegan ? from : monthBegan, today),
      ])
      const known = [...prices, ...rules.prices]
      const uses = read.map((use) => ({ ...use, dollars: dollarsOf(use, known) }))
      return { models: uses.filter(({ day }) => day >= from), own: sumOwnUse(uses, today, limits) }
    },
    useByPeople: async (month) =>
      (await store.useByPeople(month)).map((use) => ({ ...use, dollars: dollarsOf(use, rules.prices) })),
    list: async (caller) =>
      (await store.list(caller.userId)).map((row) => ({
        ...presentKey(row, refusalOf(rules, row, caller)),
        label: needs.providers.labelOf(row.provider, row.model),
      })),
    find: async (caller, provider) => {
      const row = (await store.list(caller.userId)).find((each) => each.provider === provider)
      if (row === undefined) return null
      const refusal = refusalOf(rules, row, caller)
      if (refusal !== null) return { refusal }
      const access = { ...accessOf(rules, row, caller), key: await openKey(secrets, row) }
      return { refusal: null, makeWriter: (model) => needs.providers.makeWriter(access, model) }
    },
    begin: async () => {
      await store.purge(clock.now() - restoreMs)
    },
    end: () => {
      for (const takeBack of pending) takeBack()
      pending.clear()
    },
  }
  return { models, held }
}

const noKey = () => problem('not_found', 'You have no key for this provider.', 'Put one in under Settings → Models.')

const presentOffer = (rules: OwnKeyRules, provider: ModelProvider, { isLocal }: Caller): ProviderOffer => {
  const takesAddress = provider === 'openai-compatible'
  return {
    provider,
    refusal: rules.providers.includes(provider) ? null : forbiddenBy(rules),
    addresses: takesAddress ? [...rules.listed] : [],
    allowsLoopback: takesAddress && isLocal,
    allowsPublic: takesAddress && rules.allowsPublic,
  }
}

const presentKey = (row: ModelKeyRow, refusal: string | null): OwnModelKey => ({
  provider: row.provider,
  lastFour: row.lastFour,
  baseUrl: row.baseUrl,
  model: row.model,
  writer: `${row.provider}:${row.model}`,
  keyedAt: new Date(row.keyedAt).toISOString(),
  refusal,
})

/** Why a stored key is not used: the operator may have changed the rules since. */
function refusalOf(rules: OwnKeyRules, row: ModelKeyRow, caller: Caller): string | null {
  if (!rules.providers.includes(row.provider)) return forbiddenBy(rules)
  try {
    accessOf(rules, row, caller)
    return null
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.message
    throw error
  }
}

/** The sealed keys as the rotation of secrets sees them. */
export const makeModelKeySecrets = (store: Pick<ModelKeyStore, 'listSealed' | 'replaceSealed'>): SecretHolder => {
  const list = async () =>
    (await store.listSealed()).map(({ id, ownerId, sealedKey }) => ({
      place: { ownerId, rowId: id },
      sealed: sealedKey,
    }))
  return {
    list,
    read: async ({ rowId }) => (await list()).find(({ place }) => place.rowId === rowId)?.sealed ?? null,
    replace: ({ ownerId, rowId }, before, after) => store.replaceSealed(ownerId, rowId, before, after),
  }
}
