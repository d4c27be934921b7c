import { doctorStepNames, type ConnectionReport, type DoctorStep } from '../../../contract/connection.ts'
import { ProblemError } from '../../../core/problem.ts'
import { implementationOf } from '../credentials/sign-in-methods.ts'
import { askDoctor, joinWarnings } from './check-session.ts'
import { found, ok, type Doctor, type DoctorNeeds, type Examined, type Finding, type LastingFinding } from './doctor.ts'
import { examineScope, findHidingScope } from './examine-scope.ts'
import { isRefusedByScope } from './restricted-scope.ts'
import { examineDatabases, examineWarehouse } from './examine-objects.ts'
import { examineGrants } from './examine-grants.ts'
import { codeOf, explainSignIn } from './explain-sign-in.ts'
import { noAccount, reachAccount, type Reached } from './reach-account.ts'
import { examineRole, examineTimeout, readSession } from './examine-session.ts'

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
