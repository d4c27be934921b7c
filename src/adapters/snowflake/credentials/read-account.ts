import { problem } from '../../../core/problem.ts'

/** Where an account is reached. */
export interface AccountAddress {
  /** As the driver takes it. */
  readonly account: string
  /** `https://…`, an allow-listed host. */
  readonly accessUrl: string
}

/** What may be addressed besides Snowflake's own hosts. */
export interface AccountPolicy {
  /** For tests alone: also `http://127.0.0.1:PORT/ACCOUNT`. */
  readonly allowLoopback: boolean
}

const label = '[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?'
const suffix = /\.snowflakecomputing\.(com|cn)$/
/** The longest names are private links of government regions: locator, region, cloud, government, private link. */
const labelsPattern = new RegExp(`^${label}(?:\\.${label}){0,4}$`)
/** Snowsight's own pages: the account stands in their path. */
const snowsight = /^app(?:\.([a-z0-9.-]+)\.privatelink)?\.(?:snowflake|snowflakecomputing)\.(com|cn)$/
const snowsightPath = new RegExp(`^/(${label}(?:\\.${label})?)/(${label})(?:[/#]|$)`)
const loopback = /^http:\/\/127\.0\.0\.1:(\d{1,5})(?:\/([a-z0-9_.-]+))?\/?$/i
/** The region whose accounts are addressed without naming it. */
const homeRegion = /^us-west-2(?:\.aws)?$/

/**
 * Understands an account as people paste it: the address of a page or of the account, `org-account`, `org.account`, `locator.region.cloud`,
 * private links. The result is always https on a host of Snowflake's, without a port. Throws `bad_request`.
 */
export function readAccount(pasted: string, { allowLoopback }: AccountPolicy): AccountAddress {
  const text = pasted.trim().toLowerCase()
  const local = allowLoopback ? loopback.exec(pasted.trim()) : null
  if (local !== null) return { account: local[2] ?? 'local', accessUrl: `http://127.0.0.1:${local[1] ?? ''}` }
  const { host, rest, isAddress } = takeApart(text)
  const page = snowsight.exec(host)
  if (page !== null) return readPage(page[1] ?? null, page[2] ?? 'com', rest, pasted)
  const country = suffix.exec(host)?.[1]
  if (country === undefined && isAddress) throw notUnderstood(pasted)
  return addressOf(host.replace(suffix, ''), country ?? 'com', pasted)
}

/** Host and what follows it. Anything that a URL parser could read in two ways is no account. */
function takeApart(text: string): { readonly host: string; readonly rest: string; readonly isAddress: boolean } {
  const [, scheme, host, port, rest = ''] =
    /^(https?:\/\/|(?:jdbc:)?snowflake:\/\/)?([a-z0-9_.-]+)(:443)?((?:[/?#][^\s\\@]*)?)$/.exec(text) ?? []
  if (host === undefined) throw notUnderstood(text)
  // After `snowflake://` drivers take the account's name alone, with a database or options behind it.
  const isDrivers = scheme?.includes('snowflake:') === true
  const isAddress = !isDrivers && (scheme !== undefined || port !== undefined || rest.replace('/', '') !== '')
  return { host, rest, isAddress }
}

/** `app.snowflake.com/org/account` or `app.snowflake.com/region/locator`. */
function readPage(linkRegion: string | null, country: string, path: string, pasted: string): AccountAddress {
  const [, first, second] = snowsightPath.exec(path) ?? []
  if (first === undefined || second === undefined) throw notUnderstood(pasted)
  // Names of organizations have neither dash nor dot; names of regions always have a dash.
  if (!/[.-]/.test(first)) return addressOf(`${first}-${second}`, country, pasted)
  if (linkRegion !== null) return addressOf(`${second}.${linkRegion}.privatelink`, country, pasted)
  return addressOf(homeRegion.test(first) ? second : `${second}.${first}`, country, pasted)
}

function addressOf(name: string, country: string, pasted: string): AccountAddress {
  if (!labelsPattern.test(name)) throw notUnderstood(pasted)
  const account = inDriverForm(name.replace(/^app-(?=[^.]+\.privatelink$)/, ''))
  // Host names have no underscores; Snowflake answers to dashes in their place.
  return { account, accessUrl: `https://${account.replaceAll('_', '-')}.snowflakecomputing.${country}` }
}

/** `org.account` is written with a dash; a second part with a dash of its own is a region. */
function inDriverForm(name: string): string {
  const [first = '', second, ...others] = name.split('.')
  const isOrgAndAccount =
    second !== undefined && others.length === 0 && !second.includes('-') && second !== 'privatelink'
  return isOrgAndAccount ? `${first}-${second}` : name
}

const notUnderstood = (pasted: string) =>
  problem(
    'bad_request',
    `"${pasted.slice(0, 100)}" is no account of Snowflake's.`,
    'Paste the address you see in Snowflake, for example https://app.snowflake.com/myorg/myaccount, or write myorg-myaccount.',
  )
