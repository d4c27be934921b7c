import { problem } from '../../../core/problem.ts'

/** A database Floe shall read. One that another account shares takes another grant. */
export interface DatabaseGrant {
  readonly name: string
  readonly isShare: boolean
}

/** Who signs in: a user made for Floe, or every person with their own Snowflake user through Snowflake's OAuth. */
export type SetupSignIn =
  /** `publicKey` is base64 without PEM lines. */
  | { readonly kind: 'key_pair'; readonly publicKey: string }
  | { readonly kind: 'access_token' }
  | {
      readonly kind: 'oauth'
      readonly integration: string
      readonly redirectUri: string
      /** Users who may connect; more can be granted the role later. */
      readonly users: readonly string[]
    }

/** What the setup script is made from. Names may hold any character; they are quoted. */
export interface SetupChoices {
  readonly role: string
  readonly warehouse: string
  /** The service user; unused with OAuth. */
  readonly user: string
  readonly signIn: SetupSignIn
  readonly databases: readonly DatabaseGrant[]
  /** IPv4 addresses or ranges Floe connects from; none leaves the network as it is. */
  readonly egress: readonly string[]
  /** Where the network rule and the session policy are kept; made if it is not there. */
  readonly policies: { readonly database: string; readonly schema: string }
  /** The resource monitor suspends the warehouse at this many credits a month. */
  readonly monthlyCredits: number
  readonly statementTimeoutSeconds: number
}

/** What stands where nothing was chosen. */
export const defaultSetup: SetupChoices = {
  role: 'FLOE_READER',
  warehouse: 'FLOE_WH',
  user: 'FLOE',
  signIn: { kind: 'access_token' },
  databases: [],
  egress: [],
  policies: { database: 'FLOE_POLICIES', schema: 'PUBLIC' },
  monthlyCredits: 20,
  statementTimeoutSeconds: 300,
}

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const ipv4 = new RegExp(String.raw`^${octet}(?:\.${octet}){3}(?:\/(?:3[0-2]|[12]?\d))?$`)

/** Refuses what would make a script that cannot run. Throws `bad_request`. */
export function checkChoices(choices: SetupChoices): void {
  const address = choices.egress.find((one) => !ipv4.test(one))
  if (address !== undefined)
    throw problem(
      'bad_request',
      `"${address}" is no IPv4 address or range.`,
      'Give addresses such as 203.0.113.7 or 203.0.113.0/28.',
    )
  for (const [what, value] of [
    ['credits', choices.monthlyCredits],
    ['seconds', choices.statementTimeoutSeconds],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > 604_800)
      throw problem('bad_request', `${value} is no number of ${what}.`, 'Give a whole number from 1 to 604800.')
  const { signIn } = choices
  if (signIn.kind === 'oauth' && !/^https:\/\/|^http:\/\/(?:127\.0\.0\.1|localhost)(?=[:/])/.test(signIn.redirectUri))
    throw problem('bad_request', 'The address to come back to must start with https://.', 'Set PUBLIC_URL to it.')
  if (signIn.kind === 'key_pair' && !/^[A-Za-z0-9+/]+=*$/.test(signIn.publicKey))
    throw problem('bad_request', 'The public key is not in base64.', 'Give it without the PEM lines around it.')
}
