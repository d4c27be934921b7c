import { doctorStepNames, type ConnectionReport, type DoctorStep } from '../../../contract/connection.ts'
import { ProblemError } from '../../../core/problem.ts'
import { askDoctor, joinWarnings } from './check-session.ts'
import { found, ok, type Doctor, type DoctorNeeds, type Examined, type Finding, type LastingFinding } from './doctor.ts'
import { examineCeiling } from './examine-ceiling.ts'
import { examineDatabases } from './examine-databases.ts'
import { examineGrants } from './examine-grants.ts'
import { examineRole } from './examine-role.ts'
import { examineTimeout } from './examine-timeout.ts'
import { examineWarehouse } from './examine-warehouse.ts'
import { explainSignIn } from './explain-sign-in.ts'
import { noAccount, reachAccount, type Reached } from './reach-account.ts'
import { readSession } from './read-session.ts'

type StepName = DoctorStep['name']

/** What is looked at after the sign-in. */
const examinations: Readonly<
  Record<Exclude<StepName, 'reach' | 'sign-in'>, (examined: Examined) => Promise<LastingFinding>>
> = {
  role: (examined) => Promise.resolve(examineRole(examined)),
  warehouse: async (examined) => passing(await examineWarehouse(examined)),
  databases: async (examined) => passing(await examineDatabases(examined)),
  'can-write': examineGrants,
  'read-only-ceiling': ({ ask, session, needs }) => examineCeiling(ask, session.user, needs.signIn.method),
  'statement-timeout': async (examined) => passing(await examineTimeout(examined)),
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
      // Only the sign-in tells an account from a host without one, so a doubtful answer waits for it.
      if (!reached.isDoubtful) yield note('reach', reached.finding)
      const entered = reached.finding.state === 'failed' ? notReached : await signIn(needs, reached, signal)
      const { examined } = entered
      if (reached.isDoubtful) yield note('reach', examined === null ? noAccount(hostOf(needs)) : reached.finding)
      yield note('sign-in', entered.finding)
      for (const name of doctorStepNames) {
        if (name === 'reach' || name === 'sign-in') continue
        const { finding, warning } =
          examined === null
            ? passing(skipped('the sign-in works'))
            : await orFailed(() => examinations[name](examined), signal)
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
}

async function signIn(needs: DoctorNeeds, { clockAheadSeconds }: Reached, signal: AbortSignal): Promise<Entered> {
  try {
    const ask = askDoctor(needs.link, needs.userId, signal)
    const session = await readSession(ask)
    return { finding: ok(`Signed in as ${session.user}.`), examined: { ask, needs, session } }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ProblemError)) throw error
    return { finding: explainSignIn(error.problem, needs, clockAheadSeconds), examined: null }
  }
}

/** A question that fails is a finding of its own. */
async function orFailed(examine: () => Promise<LastingFinding>, signal: AbortSignal): Promise<LastingFinding> {
  try {
    return await examine()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ProblemError)) throw error
    const { message, action } = error.problem
    return passing(found('failed', message, action))
  }
}

const skipped = (before: string): Finding => ({
  state: 'skipped',
  detail: `Nothing to look at before ${before}.`,
  action: null,
  sql: null,
})

const notReached: Entered = { finding: skipped('the account answers'), examined: null }

const hostOf = ({ target }: DoctorNeeds): string => new URL(target.accessUrl).host
