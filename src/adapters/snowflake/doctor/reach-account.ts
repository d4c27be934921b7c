import { mostSkewSeconds } from '../credentials/sign-in-method.ts'
import { found, ok, type DoctorNeeds, type Finding } from './doctor.ts'

/** What knocking at the account's host has shown. */
export interface Reached {
  readonly finding: Finding
  /** False where the sign-in has to tell: nothing came, or what hosts without an account answer. */
  readonly isCertain: boolean
  /** How far our clock is ahead of the account's, in seconds; null where it did not tell the time. */
  readonly clockAheadSeconds: number | null
}

const deadlineMs = 10_000
/** Knocks at the account's host: is anything there, and what time is it there? Rejects with the signal's reason alone. */
export async function reachAccount(
  { target, clock, fetch = globalThis.fetch }: DoctorNeeds,
  signal: AbortSignal,
): Promise<Reached> {
  const { host } = new URL(target.accessUrl)
  try {
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
    const response = await fetch(target.accessUrl, { method: 'GET', redirect: 'manual', signal: waiting })
    await response.body?.cancel()
    return judge(host, response, clock.now())
  } catch (error) {
    signal.throwIfAborted()
    const [detail, action] = describeFailure(host, error)
    return { finding: found('failed', detail, action), isCertain: false, clockAheadSeconds: null }
  }
}

/** What a host says that has no account behind it. */
export const noAccount = (host: string): Finding =>
  found(
    'failed',
    `${host} answers, but no account lives there.`,
    'Copy the account identifier from Snowsight: click your name, then Account, then View account details.',
  )

function judge(host: string, response: Response, now: number): Reached {
  const told = Date.parse(response.headers.get('date') ?? '')
  const clockAheadSeconds = Number.isNaN(told) ? null : Math.round((now - told) / 1_000)
  const isCertain = response.status !== 403 && response.status !== 404
  if (clockAheadSeconds !== null && Math.abs(clockAheadSeconds) > mostSkewSeconds)
    return { finding: wrongClock(clockAheadSeconds), isCertain, clockAheadSeconds }
  return { finding: ok(`${host} answers.`), isCertain, clockAheadSeconds }
}

const wrongClock = (ahead: number): Finding =>
  found(
    'warning',
    `This machine's clock is ${Math.abs(ahead)} seconds ${ahead > 0 ? 'ahead of' : 'behind'} Snowflake's.`,
    'Set the clock, for example by switching on time synchronisation; signatures of key pairs and tokens depend on it.',
  )

/** The first code among an error and its causes: Node's fetch wraps the one that tells. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'TimeoutError' ? 'TimeoutError' : codeOf(error.cause)
}

function describeFailure(host: string, error: unknown): readonly [detail: string, action: string] {
  const code = codeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return [
      `The name ${host} is not known to the network (${code}).`,
      'Check the account name; behind a private link, check that this machine asks the private DNS.',
    ]
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_/.test(code))
    return [
      `The certificate of ${host} is not accepted (${code}).`,
      'Something between here and Snowflake replaces certificates: give Node its root certificate with NODE_EXTRA_CA_CERTS.',
    ]
  if (code === 'TimeoutError' || code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return [
      `${host} did not answer within ${deadlineMs / 1_000} seconds.`,
      'Let this machine connect to that host on port 443: look at the firewall and the proxy.',
    ]
  return [
    `${host} cannot be reached${code === '' ? '' : ` (${code})`}.`,
    'Let this machine connect to that host on port 443: look at the firewall and the proxy.',
  ]
}
