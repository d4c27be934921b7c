import { type ConnectionReport, type DoctorStep, doctorStepNames } from '../../../contract/connection.ts'
import { ProblemError } from '../../../core/problem.ts'
import { mostSkewSeconds } from '../credentials/sign-in-method.ts'
import { implementationOf } from '../credentials/sign-in-methods.ts'
import { askDoctor, joinWarnings } from './check-session.ts'
import { type Doctor, type DoctorNeeds, type Examined, type Finding, found, type LastingFinding, ok } from './doctor.ts'
import { examineGrants } from './examine-grants.ts'
import { examineDatabases, examineWarehouse } from './examine-objects.ts'
import { examineScope, findHidingScope } from './examine-scope.ts'
import { examineRole, examineTimeout, readSession } from './examine-session.ts'
import { codeOf, explainSignIn } from './explain-sign-in.ts'
import { isRefusedByScope } from './restricted-scope.ts'

type StepName = DoctorStep['name']

/** What is looked at after the sign-in. */
const examinations: Readonly<
  Record<Exclude<StepName, 'reach' | 'sign-in'>, (examined: Examined) => Promise<LastingFinding>>
> = {
  role: (examined) => Promise.resolve(examineRole(examined)),
  warehouse: async (examined) => passing(await orHidden(examined, () => examineWarehouse(examined))),
  databases: async (examined) => passing(await orHidden(examined, () => examineDatabases(examined))),
  'can-write': examineGrants,
  'read-only-ceiling': ({ ask, session, needs }) =>
    examineScope(ask, session.user, implementationOf(needs.methods, needs.signIn.method)),
  'statement-timeout': async (examined) => passing(await examineTimeout(examined)),
}

/** Where a restricted session scope refuses SHOW, that is the finding. */
async function orHidden(examined: Examined, examine: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examine()
  } catch (error) {
    const finding = isRefusedByScope(error) ? await findHidingScope(examined) : null
    if (finding === null) throw error
    return finding
  }
}

const passing = (finding: Finding): LastingFinding => ({ finding, warning: null })

/** Makes the doctor of one connection. */
export function makeDoctor(needs: DoctorNeeds): Doctor {
  return {
    async *examine(signal) {
      const steps: DoctorStep[] = []
      const warnings: (string | null)[] = []
      const note = (name: StepName, finding: Finding): DoctorStep => {
        const step = { name, ...finding }
        steps.push(step)
        return step
      }
      const reached = await reachAccount(needs, signal)
      // A proxy may stand before the driver alone, and only the sign-in tells an account from a host without one.
      if (reached.isCertain) yield note('reach', reached.finding)
      const entered = await signIn(needs, reached, signal)
      const { examined } = entered
      if (!reached.isCertain) yield note('reach', judgeReach(needs, reached, entered))
      yield note('sign-in', isAway(reached, entered) ? skipped('the account answers') : entered.finding)
      for (const name of doctorStepNames) {
        if (name === 'reach' || name === 'sign-in') continue
        const { finding, warning } =
          examined === null
            ? passing(skipped('the sign-in works'))
            : await orFailed(name, () => examinations[name](examined), signal)
        warnings.push(warning)
        yield note(name, finding)
      }
      return { steps, warning: joinWarnings(warnings) } satisfies ConnectionReport
    },
  }
}

interface Entered {
  readonly finding: Finding
  readonly examined: Examined | null
  /** Whether Snowflake itself said something, be it no. */
  readonly hasAnswer: boolean
  /** Whether the driver found nobody there. */
  readonly isUnreachable: boolean
}

/** Neither a plain request nor the driver got through. */
const isAway = ({ finding }: Reached, { isUnreachable }: Entered): boolean =>
  finding.state === 'failed' && isUnreachable

/** What a doubtful look at the host was worth, now that the driver has tried. */
function judgeReach({ target }: DoctorNeeds, { finding }: Reached, { hasAnswer }: Entered): Finding {
  const { host } = new URL(target.accessUrl)
  if (finding.state !== 'failed') return hasAnswer ? finding : noAccount(host)
  return hasAnswer ? ok(`${host} answers through the proxy.`) : finding
}

async function signIn(needs: DoctorNeeds, { clockAheadSeconds }: Reached, signal: AbortSignal): Promise<Entered> {
  try {
    const ask = askDoctor(needs.link, needs.userId, signal)
    const session = await readSession(ask)
    return {
      finding: ok(`Signed in as ${session.user}.`),
      examined: { ask, needs, session },
      hasAnswer: true,
      isUnreachable: false,
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ProblemError)) throw error
    const { problem } = error
    return {
      finding: explainSignIn(problem, needs, clockAheadSeconds),
      examined: null,
      hasAnswer: codeOf(problem) !== null,
      isUnreachable: problem.code === 'warehouse_unreachable',
    }
  }
}

/** A question that fails is a finding of its own; what could not be told about writing is not taken for harmless. */
async function orFailed(
  name: StepName,
  examine: () => Promise<LastingFinding>,
  signal: AbortSignal,
): Promise<LastingFinding> {
  try {
    return await examine()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ProblemError)) throw error
    const { message, action } = error.problem
    return { finding: found('failed', message, action), warning: untold[name] ?? null }
  }
}

const untold: Readonly<Partial<Record<StepName, string>>> = {
  'can-write': 'Whether the role of this connection can only read could not be told.',
  'read-only-ceiling': 'Whether the read-only ceiling is active in Snowflake could not be told.',
}

const skipped = (before: string): Finding => ({
  state: 'skipped',
  detail: `Nothing to look at before ${before}.`,
  action: null,
  sql: null,
})

/** What knocking at the account's host has shown. */
interface Reached {
  readonly finding: Finding
  /** False where the sign-in has to tell: nothing came, or what hosts without an account answer. */
  readonly isCertain: boolean
  /** How far our clock is ahead of the account's, in seconds; null where it did not tell the time. */
  readonly clockAheadSeconds: number | null
}

const deadlineMs = 10_000
/** Knocks at the account's host: is anything there, and what time is it there? Rejects with the signal's reason alone. */
async function reachAccount(
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
const noAccount = (host: string): Finding =>
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
function networkCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'TimeoutError' ? 'TimeoutError' : networkCodeOf(error.cause)
}

function describeFailure(host: string, error: unknown): readonly [detail: string, action: string] {
  const code = networkCodeOf(error)
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
