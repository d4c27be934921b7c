import type { ModelKeyReport, ModelPrice, ModelProvider, NewModelKey } from '../../contract/models.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { ModelKeyRow, ModelKeyStore } from '../ports/model-key-store.ts'
import type { ListedModel, ModelAccess, ModelProviders } from '../ports/model-providers.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { problem, ProblemError } from '../problem.ts'

/** Which addresses of model servers people may enter. */
interface AddressRules {
  /** Addresses that the operator approved, with everything below them; such a server may lie in a private network. */
  readonly listed: readonly string[]
  /** Whether any https address of the public internet may be entered as well. */
  readonly allowsPublic: boolean
}

/** What the operator allows of people's own keys. */
export interface OwnKeyRules extends AddressRules {
  readonly providers: readonly ModelProvider[]
  readonly prices: readonly ModelPrice[]
}

export interface TryKeyNeeds {
  readonly store: ModelKeyStore
  readonly secrets: SecretBox
  readonly providers: ModelProviders
  readonly rules: OwnKeyRules
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Pick<Clock, 'monotonicMs'>
}

export function demandChange(caller: Caller): void {
  demandRight(caller, 'manage_account')
  demandRight(caller, 'ask')
}

export const forbiddenBy = ({ providers }: OwnKeyRules): string =>
  providers.length === 0
    ? 'The operator of this server does not allow keys of your own.'
    : 'The operator of this server does not allow keys of your own for this provider.'

/** How a provider is reached by what a person entered. Throws `bad_request`. */
export function accessOf(
  rules: OwnKeyRules,
  { provider, baseUrl }: Pick<ModelKeyRow, 'provider' | 'baseUrl'>,
  { isLocal }: Caller,
): Omit<ModelAccess, 'key'> {
  if (provider !== 'openai-compatible') {
    if (baseUrl === null) return { provider, baseUrl, reach: 'trusted' }
    throw problem('bad_request', 'This provider has an address of its own.', 'Leave the address out.')
  }
  if (baseUrl === null)
    throw problem('bad_request', 'The address of the server is missing.', 'Write it such as http://127.0.0.1:11434/v1.')
  return { provider, ...judgeAddress(baseUrl, rules, isLocal) }
}

export async function openKey(secrets: SecretBox, { id, ownerId, sealedKey }: ModelKeyRow): Promise<string> {
  try {
    return await secrets.open(sealedKey, { ownerId, rowId: id })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    throw problem(
      'model_unauthorized',
      'Your stored key cannot be opened any more.',
      'Put it in again under Settings → Models.',
      { cause: error, whoseTurn: 'person' },
    )
  }
}

interface TriedKey {
  readonly report: ModelKeyReport
  readonly access: ModelAccess
  /** The key that the provider has already. */
  readonly stored: ModelKeyRow | null
}

/** Tries a key at its provider, the stored one where none is given. */
export async function tryKey(
  needs: TryKeyNeeds,
  caller: Caller,
  tested: NewModelKey,
  signal: AbortSignal,
): Promise<TriedKey> {
  demandChange(caller)
  const { provider } = tested
  const { rules, providers, clock } = needs
  if (!rules.providers.includes(provider)) {
    await needs.audit.note(caller, 'model_key.refused', { provider })
    throw problem('forbidden', forbiddenBy(rules), 'Choose one of the models that the server offers.')
  }
  const stored = (await needs.store.list(caller.userId)).find((each) => each.provider === provider) ?? null
  const place = accessOf(rules, { provider, baseUrl: tested.baseUrl ?? stored?.baseUrl ?? null }, caller)
  const access = { ...place, key: tested.key ?? (await keyFor(needs, place, stored)) }
  const began = clock.monotonicMs()
  const models = await providers.listModels(access, signal)
  const model = chooseModel(providers, access, models, tested.model ?? stored?.model)
  const report = { provider, models: [...models], model, elapsedMs: Math.round(clock.monotonicMs() - began) }
  return { report, access, stored }
}

/** The key where none is given: the stored one, and only for the address that it was stored with. */
async function keyFor(
  { secrets }: TryKeyNeeds,
  { provider, baseUrl }: Omit<ModelAccess, 'key'>,
  stored: ModelKeyRow | null,
): Promise<string> {
  if (stored !== null && stored.baseUrl === baseUrl) return await openKey(secrets, stored)
  // Servers of one's own often take none.
  if (provider === 'openai-compatible' && stored === null) return ''
  throw problem(
    'bad_request',
    stored === null ? 'The key is missing.' : 'The address is another one than the key was stored for.',
    stored === null ? 'Paste your key.' : 'Enter the key again; leave it empty for a server that takes none.',
  )
}

/** The chosen model if the key may use it, else one that suits. Throws `model_unknown`, `model_failed`. */
function chooseModel(
  providers: ModelProviders,
  { provider }: ModelAccess,
  listed: readonly ListedModel[],
  wanted: string | undefined,
): string {
  const usual = providers.usualModel(provider, listed)
  if (usual === null)
    throw problem(
      'model_failed',
      'The provider answered and offers this key no model that writes texts.',
      'Add a model there, or use another key.',
    )
  if (wanted === undefined || listed.some(({ id }) => id === wanted)) return wanted ?? usual
  throw problem(
    'model_unknown',
    `The key works, but there is no model "${wanted.slice(0, 80)}" for it.`,
    `Choose one of its models, for example ${usual}.`,
    { details: listed.slice(0, 50).map(({ id }) => id) },
  )
}

/** Strict on purpose: whatever another parser of addresses could read otherwise is refused. */
const addressPattern = /^(https?):\/\/([a-z\d](?:[a-z\d.-]*[a-z\d])?|\[::1\])(:\d{1,5})?((?:\/[\w.~%-]+)*)\/?$/i

const loopbackHost = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Judges an address that a person entered: the operator's list comes first, then addresses of this machine for its one person, then the public
 * internet. Throws `bad_request`.
 */
function judgeAddress(
  text: string,
  rules: AddressRules,
  isLocal: boolean,
): Pick<ModelAccess, 'reach'> & { readonly baseUrl: string } {
  const [, scheme = '', host = '', port = '', path = ''] = addressPattern.exec(text.trim()) ?? []
  const segments = path.split('/')
  if (host === '' || segments.includes('..') || segments.includes('.') || path.includes('%'))
    throw problem(
      'bad_request',
      'This is not the address of a model server.',
      'Write it such as http://127.0.0.1:11434/v1, without a user name, a question mark or a key in it.',
    )
  const origin = `${scheme}://${host}${port}`.toLowerCase()
  const baseUrl = `${origin}${path}`
  if (rules.listed.some((listed) => isBelow(baseUrl, listed))) return { baseUrl, reach: 'trusted' }
  const isLoopback = loopbackHost.test(host.toLowerCase())
  if (isLocal && isLoopback) return { baseUrl, reach: 'trusted' }
  if (rules.allowsPublic && !isLoopback) return { baseUrl, reach: 'public' }
  throw problem(
    'bad_request',
    `${origin} is not among the addresses that may be asked here.`,
    rules.listed.length === 0
      ? 'Ask the operator to list it in MODEL_ADDRESSES.'
      : `Use one of ${rules.listed.slice(0, 5).join(', ')}, or ask the operator to list yours in MODEL_ADDRESSES.`,
  )
}

const isBelow = (address: string, listed: string): boolean => {
  const bare = listed.replace(/\/+$/, '').toLowerCase()
  return address.toLowerCase() === bare || address.toLowerCase().startsWith(`${bare}/`)
}
