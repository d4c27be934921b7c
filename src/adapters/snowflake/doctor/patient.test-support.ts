import type { ConnectionReport, DoctorStep } from '../../../contract/connection.ts'
import type { SignIn } from '../../../contract/snowflake/sign-in.ts'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import { makeHandClock, makeScriptedLink, rows, type Script } from '../scripted-link.test-support.ts'
import type { DoctorNeeds } from './doctor.ts'
import { makeDoctor } from './make-doctor.ts'

export const never = new AbortController().signal
export const clock = makeHandClock()
export const keyPair: SignIn = { method: 'key_pair', user: 'floe', publicKey: 'MIIBIjAN', fingerprint: 'SHA256:abc=' }
export const token: SignIn = { method: 'access_token', user: 'floe' }

/** A connection set up as the setup script does it, in the shapes of Snowflake's documentation. */
export const healthy: Script = [
  [/^SELECT CURRENT_USER/, rows('a b c d', ['FLOE', 'FLOE_READER', '{"roles":"","value":""}', 'FLOE_WH'])],
  [
    /^SHOW WAREHOUSES$/,
    rows('name state size auto_suspend auto_resume is_current', ['FLOE_WH', 'SUSPENDED', 'X-Small', '60', 'true', 'Y']),
  ],
  [/^SHOW TERSE DATABASES$/, rows('created_on name kind', ['x', 'SALES', null], ['x', 'SNOWFLAKE', null])],
  [/^SHOW TERSE OBJECTS IN DATABASE "SALES" LIMIT 1$/, rows('created_on name', ['x', 'ORDERS'])],
  [
    /^SHOW GRANTS TO ROLE "FLOE_READER"$/,
    rows(
      'created_on privilege granted_on name granted_to grantee_name grant_option granted_by',
      ['x', 'USAGE', 'DATABASE', 'SALES', 'ROLE', 'FLOE_READER', 'false', 'SYSADMIN'],
      ['x', 'SELECT', 'TABLE', 'SALES.PUBLIC.ORDERS', 'ROLE', 'FLOE_READER', 'false', 'SYSADMIN'],
      ['x', 'USAGE', 'WAREHOUSE', 'FLOE_WH', 'ROLE', 'FLOE_READER', 'false', 'SYSADMIN'],
    ),
  ],
  [/^SHOW GRANTS TO ROLE "PUBLIC"$/, rows('created_on privilege granted_on name')],
  [
    /^SELECT SYS_CONTEXT/,
    rows('a b', ['TRUE', '[{"name":"SNOWFLAKE$DATA_READ","definition":"privileges:\\n - privileges: [data read]"}]']),
  ],
  [
    /^SHOW PARAMETERS/,
    rows(
      'key value default level',
      ['STATEMENT_TIMEOUT_IN_SECONDS', '300', '172800', 'SESSION'],
      ['STATEMENT_QUEUED_TIMEOUT_IN_SECONDS', '60', '0', 'SESSION'],
    ),
  ],
]

/** The healthy connection with another answer to some statements. */
export const instead = (pattern: RegExp, told: Script[number][1]): Script => [[pattern, told], ...healthy]

export const target = (more: Partial<DoctorNeeds['target']> = {}): Pick<DoctorNeeds, 'target'> => ({
  target: {
    account: 'a',
    accessUrl: 'https://a.snowflakecomputing.com',
    role: 'FLOE_READER',
    warehouse: 'FLOE_WH',
    database: null,
    schema: null,
    ...more,
  },
})

export interface Examination {
  readonly steps: Readonly<Record<string, DoctorStep>>
  readonly report: ConnectionReport
}

/** Everything the doctor finds of a scripted account, at a host that answers unless the test brings another. */
export async function examine(script: Script, more: Partial<DoctorNeeds> = {}): Promise<Examination> {
  const fetch = () => Promise.resolve(new Response('page'))
  const needs = { ...target(), signIn: keyPair, methods, userId: 'u', egress: [], clock, fetch, ...more }
  const steps = makeDoctor({ link: makeScriptedLink(script), ...needs }).examine(never)
  const seen: DoctorStep[] = []
  for (let next = await steps.next(); ; next = await steps.next()) {
    if (next.done === true)
      return { steps: Object.fromEntries(seen.map((step) => [step.name, step])), report: next.value }
    seen.push(next.value)
  }
}
