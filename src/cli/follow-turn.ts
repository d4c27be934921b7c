import type { Ask } from '../contract/command.ts'
import type { Problem } from '../contract/problem.ts'
import type { TurnEvent } from '../contract/turn-event.ts'
import type { EncodedEvent } from '../core/ask/turns.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import type { CliContext } from './cli-io.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { describeProblem } from './print-problem.ts'
import { warnAbout } from './warn-about.ts'

/** How long a stop waits for the warehouse before the command ends all the same. */
const cancelPatienceMs = 5_000

/**
 * Starts a turn and hands every event to `onEvent`, waiting for it before the next. Whatever ends the following early, an
 * interrupt or a `Stopped` thrown by `onEvent`, cancels the turn. Returns the exit code its last event stands for.
 */
export async function followTurn(
  context: CliContext,
  services: Services,
  ask: Ask,
  onEvent: (event: TurnEvent, encoded: EncodedEvent) => Promise<void>,
): Promise<number> {
  const { io, needs, signal } = context
  await warnAbout(context, services, ask.connection)
  const { turns } = services
  const { turnId } = await turns.ask(needs.caller, ask)
  let exitCode: number = exitCodes.failed
  let isClarified = false
  try {
    for await (const encoded of turns.events(needs.caller, turnId, 0, signal)) {
      // Our own encoding of our own type: reading it back needs no second look.
      const event = JSON.parse(encoded.json) as TurnEvent
      await onEvent(event, encoded)
      isClarified ||= event.kind === 'clarification'
      if (event.kind === 'turn.done') exitCode = isClarified ? exitCodes.stopped : exitCodes.done
      const fault = faultOf(event)
      if (fault === null) continue
      exitCode = exitCodeOf(fault.code)
      io.stderr.write(describeProblem(fault))
    }
    signal.throwIfAborted()
    return exitCode
  } catch (error) {
    await patiently(turns.cancel(needs.caller, { turnId }))
    throw error
  }
}

function faultOf(event: TurnEvent): Problem | null {
  if (event.kind === 'turn.failed') return event.problem
  if (event.kind !== 'turn.cancelled') return null
  return problem('interrupted', 'The question was cancelled elsewhere.', 'Ask it again.').problem
}

async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, cancelPatienceMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
