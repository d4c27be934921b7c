import { problem, ProblemError } from '../../core/problem.ts'

/**
 * What may make the same work succeed: trying again on another connection, on new connections only, or after migrating once more. A read-only
 * session stays so after the database has become writable; a database that was made anew has no tables.
 */
export type Remedy = 'none' | 'retry' | 'reconnect' | 'migrate'

interface Failure {
  readonly remedy: Remedy
  readonly what: string
  readonly action: string
}

const lost = 'is not reachable'
const wait = 'Check that it is running, then try again.'
const retried = (what: string, action: string): Failure => ({ remedy: 'retry', what, action })
const final = (what: string, action: string): Failure => ({ remedy: 'none', what, action })

const diskFull = final('cannot write to its disk', 'Free some space; what was stored is still there.')

/** By SQLSTATE, its class, or the code or message of a broken connection; the first that matches counts. */
const failures: readonly (readonly [RegExp, Failure])[] = [
  [/, no encryption$/, final('takes no connection without TLS', 'Add sslmode=verify-full to DATABASE_URL.')],
  [/^28/, final('refused the sign-in', 'Check user and password in DATABASE_URL.')],
  [/^3D000$/, final('has no database of that name', 'Create it, or correct DATABASE_URL.')],
  [/^42501$/, final('denied a permission', 'Grant the user of DATABASE_URL its own database or schema.')],
  [
    /^25006$/,
    {
      remedy: 'reconnect',
      what: 'is read-only',
      action: 'Make it writable, or point DATABASE_URL at the primary server.',
    },
  ],
  [/^(53100|58030)$|ENOSPC|EDQUOT/, diskFull],
  [/^(53[0-9]{3}|57P0[1-3])$/, retried('is busy or restarting', wait)],
  [/^(57014|55P03)$|^Query read timeout/, final('did not answer in time', wait)],
  [/^XX00[12]$/, final('has damaged data', 'Restore it from a backup; nothing is overwritten meanwhile.')],
  [/^(40001|40P01)$/, retried('could not order concurrent changes', 'Try again.')],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(TLS|SSL|OSSL)|SSL connections/,
    final('could not be reached by TLS', 'Check sslmode and certificates in DATABASE_URL.'),
  ],
  [
    /^E\w+: .*, open '/,
    final('is reached with certificates that cannot be read', 'Check sslrootcert, sslcert and sslkey in DATABASE_URL.'),
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, retried('has a host name that is not known', 'Check the host in DATABASE_URL.')],
  [
    /^timeout exceeded|^Connection terminated due to connection timeout|^timeout expired/,
    final('did not answer in time', wait),
  ],
  [
    /^08|^E(CONN|PIPE$|TIMEDOUT$|HOSTUN|NETUN|NOENT$|AI_)|^Connection terminated|connection error and is not|Cannot use a pool after/,
    retried(lost, wait),
  ],
]

const field = (error: unknown, name: 'code' | 'message'): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' ? value : ''
}

/** The error of the driver inside the wrappers that carry the statement and its parameters. */
function innermost(error: unknown): unknown {
  let inner = error
  for (let depth = 0; depth < 5; depth += 1) {
    if (inner instanceof AggregateError && inner.errors.length > 0) inner = inner.errors[0]
    else if (inner instanceof Error && inner.cause !== undefined && field(inner, 'code') === '') inner = inner.cause
    else break
  }
  return inner
}

/** What went wrong with a statement, in words for the operator. */
export interface JudgedFailure {
  readonly error: Error
  readonly remedy: Remedy
  readonly isDiskFull: boolean
}

/**
 * Turns a failure of the driver into problem `store_unavailable`, or, where the store is not to blame, into an error without the
 * statement's parameters. `secret` never appears in either.
 */
export function judgeFailure(error: unknown, place: string, secret: string | null): JudgedFailure {
  if (error instanceof ProblemError) return { error, remedy: 'none', isDiskFull: false }
  const inner = innermost(error)
  const code = field(inner, 'code')
  const message = withoutSecret(field(inner, 'message'), secret)
  const cause = new Error(code === '' ? message : `${code}: ${message}`)
  const found = failures.find(([pattern]) => pattern.test(code) || pattern.test(message))?.[1]
  if (unstorable.test(code)) return { error: unstorableText(), remedy: 'none', isDiskFull: false }
  // After a migration in vain it is a defect of the statement.
  if (missingTable.test(code) || missingTable.test(message))
    return { error: cause, remedy: 'migrate', isDiskFull: false }
  if (found === undefined) return { error: cause, remedy: 'none', isDiskFull: false }
  const what = `${place} ${found.what}.`
  return {
    error: problem('store_unavailable', what, found.action, { cause }),
    remedy: found.remedy,
    isDiskFull: found === diskFull,
  }
}

/** A table, a schema or a user that every migrated database has. */
const missingTable = /^(42P01|3F000)$|_users_id_fk"/

/** A character that text in PostgreSQL cannot hold, such as NUL. */
const unstorable = /^(22021|22P05)$/

const unstorableText = (): Error =>
  problem('bad_request', 'The text holds a character that cannot be stored.', 'Write it without control characters.')

function withoutSecret(text: string, secret: string | null): string {
  if (secret === null || secret === '') return text
  return text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***')
}

/** A unique index refused the row: PostgreSQL's 23505, inside the query builder's error. */
export const isTaken = (error: unknown): boolean => sqlStateOf(error) === '23505'

/** A foreign key refused the row, because the row it refers to is gone: PostgreSQL's 23503. */
export const isMissingParent = (error: unknown): boolean => sqlStateOf(error) === '23503'

function sqlStateOf(error: unknown): string {
  return field(error instanceof Error && error.cause instanceof Error ? error.cause : error, 'code')
}
