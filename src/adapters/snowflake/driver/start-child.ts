import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { presentProblem, problem, ProblemError } from '../../../core/problem.ts'
import { type ChildLink, linkChild } from '../../processes/child-link.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import type { AskCredential } from '../snowflake-link.ts'
import { placesOf, tellWords } from '../../processes/child-words.ts'
import type { ChildAnswer, ChildSettings, CredentialWanted, ToChild } from './child-protocol.ts'

/** One running driver process. */
type DriverLink = ChildLink<ToChild, ChildAnswer>

interface ChildNeeds {
  readonly settings: ChildSettings
  readonly credential: AskCredential
  /** Variables that the driver needs: the proxy, certificate authorities, the identity of a cloud machine. */
  readonly environment: Readonly<Record<string, string>>
  /** Told the place of a defect in reading the credential, without its words, which might quote a secret. */
  readonly onFault: (error: unknown) => void
}

const safeEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  NODE_NO_WARNINGS: '1',
  SNOWFLAKE_DISABLE_MINICORE: 'true',
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: 'true',
}

/**
 * Starts a driver process and waits until it listens. It gets the named variables of our environment and a home of its own, and ends with us.
 * Throws `warehouse_unreachable`.
 */
export function startChild({ settings, credential, environment, onFault }: ChildNeeds): Promise<DriverLink> {
  // The driver reads settings from its home and writes caches there. It gets an empty one that no other user of the machine can enter.
  const home = mkdtempSync(join(tmpdir(), 'floe-driver-'))
  const child = fork(fileURLToPath(siblingModule('snowflake-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=16'],
    cwd: home,
    env: { ...environment, ...safeEnvironment, HOME: home },
    // A library may print to its standard output, which belongs to the command line's answers.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  tellWords(child, 'snowflake')
  const closing = new AbortController()
  for (const end of ['exit', 'error'] as const)
    child.once(end, () => {
      closing.abort(new Error('The process has ended.'))
      rmSync(home, { recursive: true, force: true })
    })
  const send = (message: ToChild): void => {
    if (child.connected) child.send(message)
  }
  const hearOwn = (message: CredentialWanted): boolean => {
    if (message.kind !== 'credential-wanted') return false
    const { id, isRefused } = message
    credential(closing.signal, isRefused).then(
      (found) => send({ kind: 'credential', id, credential: found }),
      (error: unknown) => {
        if (!(error instanceof ProblemError) && !closing.signal.aborted)
          onFault(new Error(`The credential could not be told: ${placesOf(error)}`))
        send({ kind: 'no-credential', id, problem: presentProblem(error) })
      },
    )
    return true
  }
  return linkChild<ToChild, ChildAnswer, CredentialWanted>({
    child,
    opening: { kind: 'open', settings },
    hearOwn,
    unopened: notStarted,
  })
}

const notStarted = (reason: string): Error =>
  problem(
    'warehouse_unreachable',
    'The process that talks to Snowflake could not be started.',
    'Try again in a moment.',
    { details: [reason] },
  )
