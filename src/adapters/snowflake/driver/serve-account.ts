import { problem, ProblemError, presentProblem } from '../../../core/problem.ts'
import { Redactor } from '../../../core/redactor.ts'
import { makeHttpClient } from '../../http-client/http-client.ts'
import { makeSessionPool } from '../session/session-pool.ts'
import { makeSession } from '../session/session.ts'
import { setUpSession } from '../session/set-up-session.ts'
import { makeSignIn } from '../session/sign-in.ts'
import { snowflakeProblem } from '../session/snowflake-problem.ts'
import type { AskCredential, SnowflakeCredential } from '../snowflake-link.ts'
import { makeAnswerRequest, makeRequestControl, type RequestControl } from './answer-request.ts'
import {
  makeStatements,
  outOfTime,
  StoppedError,
  TimeLimitReached,
  UnconfirmedCancel,
  unconfirmedNote,
} from './carry-out.ts'
import type { ChildRequest, ChildSettings, FromChild, ToChild } from './child-protocol.ts'
import { placesOf } from '../../processes/child-words.ts'

/** One account served by this process. */
export interface ServedAccount {
  hear(message: Exclude<ToChild, { readonly kind: 'open' }>): void
  /** Cancels every running statement in Snowflake, closes the sessions, and resolves once both is done. */
  close(): Promise<void>
}

/** Serves requests over the sessions of one credential. The answers of each request are delivered in order. */
export function serveAccount(settings: ChildSettings, deliver: (message: FromChild) => void): ServedAccount {
  const redactor = new Redactor()
  /** An account, or a host in between, may answer with the request that it got, and the credential or the session's token in it. */
  const send = (message: FromChild): void =>
    deliver(message.kind === 'problem' ? { ...message, problem: redactor.problem(message.problem) } : message)
  const { target, limits } = settings
  const http = makeHttpClient({ proxy: settings.proxy })
  const signIn = makeSignIn(http)
  const closing = new AbortController()
  const asking = new Map<number, PromiseWithResolvers<SnowflakeCredential>>()
  let nextQuestion = 1

  const credential: AskCredential = async (signal, isRefused) => {
    const id = nextQuestion++
    const answer = Promise.withResolvers<SnowflakeCredential>()
    const abort = (): void => answer.reject(signal.reason)
    asking.set(id, answer)
    signal.addEventListener('abort', abort, { once: true })
    send({ kind: 'credential-wanted', id, isRefused })
    try {
      return await answer.promise
    } finally {
      asking.delete(id)
      signal.removeEventListener('abort', abort)
    }
  }
  const pool = makeSessionPool(limits, () =>
    makeSession({
      target,
      credential,
      signIn,
      http,
      limits,
      redactor,
      setUp: (session, signal) => setUpSession(session, limits, signal),
    }),
  )
  const statements = makeStatements({ limits, pool, closing: closing.signal, onFault: logDefect })
  const answer = makeAnswerRequest({ settings, http, pool, statements, send })
  const controls = new Map<number, { readonly control: RequestControl; readonly over: Promise<void> }>()

  const serve = async (request: ChildRequest, control: RequestControl): Promise<void> => {
    try {
      await answer(request, control)
    } catch (error) {
      send(presentFailure(request.id, error))
    } finally {
      control.done()
      controls.delete(request.id)
    }
  }
  const start = (request: ChildRequest): void => {
    const control = makeRequestControl(request.timeoutMs)
    // The control is registered before the first step, so that a cancel finds it.
    const over = Promise.resolve().then(() => serve(request, control))
    controls.set(request.id, { control, over })
  }

  return {
    hear(message) {
      if (message.kind === 'credential') {
        redactor.add('token' in message.credential ? message.credential.token : message.credential.privateKeyPem)
        asking.get(message.id)?.resolve(message.credential)
      } else if (message.kind === 'no-credential') asking.get(message.id)?.reject(new ProblemError(message.problem))
      else if (message.kind === 'more') controls.get(message.id)?.control.allow(message.count)
      else if (message.kind === 'cancel') controls.get(message.id)?.control.stop()
      else start(message)
    },
    async close() {
      closing.abort(new Error('The process is ending.'))
      const running = [...controls.values()]
      for (const { control } of running) control.stop()
      await Promise.all(running.map(({ over }) => over))
      await pool.close()
      http.close()
    },
  }
}

function presentFailure(id: number, error: unknown): FromChild {
  if (error instanceof StoppedError) return { kind: 'stopped', id }
  if (error instanceof TimeLimitReached)
    return { kind: 'problem', id, problem: presentProblem(outOfTime(error.timeoutMs, 'not-begun')) }
  const isUnconfirmed = error instanceof UnconfirmedCancel
  const cause: unknown = isUnconfirmed ? error.cause : error
  const known = snowflakeProblem(cause)
  if (known instanceof ProblemError) {
    const presented = presentProblem(known)
    const details = [unconfirmedNote, ...(presented.details ?? [])]
    return { kind: 'problem', id, problem: isUnconfirmed ? { ...presented, details } : presented }
  }
  logDefect(cause)
  const { problem: unexpected } = problem(
    'warehouse_failed',
    'Something went wrong between Floe and Snowflake.',
    'Run it again; if it happens again, look in the server log.',
  )
  return { kind: 'problem', id, problem: unexpected }
}

/** Logs where a defect happened, without its words: they might quote a secret. */
function logDefect(error: unknown): void {
  process.stderr.write(`A defect in the Snowflake process: ${placesOf(error)}\n`)
}
