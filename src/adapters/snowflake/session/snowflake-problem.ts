import { problem, type ProblemError } from '../../../core/problem.ts'
import { HttpFault } from '../../http-client/http-client.ts'
import { type Meaning, meanings, runDoctor } from './failure-meanings.ts'
import { type FailureFacts, SnowflakeFailure } from './snowflake-failure.ts'

/** Whether an SQL state names a fault of the statement itself, which its writer can repair. */
const ownFault = (sqlState: string | null): boolean => /^(02|22|42)/.test(sqlState ?? '')

/** The problem of a failure of Snowflake or of the network; any other error is returned as it is. */
export function snowflakeProblem(error: unknown): unknown {
  if (error instanceof SnowflakeFailure) return presentFailure(error.facts)
  if (error instanceof HttpFault) return presentNetwork(error)
  return error
}

function presentFailure(facts: FailureFacts): ProblemError {
  const [code, what, todo] = meaningOf(facts)
  return problem(code, what, todo, { details: detailsOf(facts) })
}

function meaningOf({ code, words, sqlState, during }: FailureFacts): Meaning {
  const known = meanings[code]
  if (known !== undefined) return known
  if (during === 'sign-in')
    return [
      'connection_broken',
      'Snowflake refused the sign-in.',
      'Look at the details, or run floe doctor for this connection.',
    ]
  if (ownFault(sqlState) || /^(00[12]|100)\d{3}$/.test(code)) {
    const said = firstSentence(words)
    return [
      'sql_invalid',
      said === '' ? 'Snowflake does not accept the query.' : `Snowflake says: ${said}`,
      'Change the query and run it again.',
    ]
  }
  if (sqlState?.startsWith('0A') === true)
    return ['sql_unsupported', `Snowflake cannot do that: ${firstSentence(words)}`, 'Write the query in another way.']
  return [
    'warehouse_failed',
    'Snowflake could not run the query.',
    'Look at the details; run the query again if they do not tell more.',
  ]
}

const longestSaid = 300

/** Snowflake's words without their heading, on one line. */
function firstSentence(words: string): string {
  const text = words
    .replace(/^SQL (compilation|execution) error:\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim()
  return text.length > longestSaid ? `${text.slice(0, longestSaid)}…` : text
}

function detailsOf({ code, words, sqlState, queryId }: FailureFacts): readonly string[] {
  return [
    ...(/^\d{6}$/.test(code) ? [`Snowflake's code ${code}${sqlState === null ? '' : `, SQL state ${sqlState}`}`] : []),
    ...(words === '' ? [] : [words]),
    ...(queryId === null ? [] : [`Query id ${queryId}`]),
  ]
}

/** A sentence for the code that the operating system, OpenSSL or Node gave the fault. */
function nameCause({ reason, code, message }: HttpFault): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'The name of the Snowflake account is not known to the network.'
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_/.test(code))
    return 'The certificate of the Snowflake account is not accepted: something in between may replace certificates.'
  if (code.startsWith('ERR_PROXY')) return 'The proxy does not let Floe through to Snowflake.'
  if (code === 'ECONNREFUSED') return 'The connection to Snowflake, or to the proxy, is refused.'
  return {
    unreachable: 'The Snowflake account cannot be reached.',
    cut: 'The connection to Snowflake broke.',
    silent: 'Snowflake stopped answering.',
    too_large: `Snowflake answered more than Floe reads at once (${message}).`,
  }[reason]
}

function presentNetwork(fault: HttpFault): ProblemError {
  const cause = fault.cause instanceof Error ? [fault.cause.message] : []
  return problem('warehouse_unreachable', nameCause(fault), runDoctor, {
    details: [...new Set([fault.message, ...cause])],
  })
}
