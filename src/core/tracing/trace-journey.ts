import type { Journey } from '../ask/journey.ts'
import { TurnStopped, type LiveFact } from '../ask/turn-facts.ts'
import type { Span, Tracer } from '../ports/tracer.ts'
import type { Writer } from '../ports/writer.ts'
import { presentProblem } from '../problem.ts'

/** A journey that is one span, with a span for each of its steps inside, and one for what a model writes. */
export const traceJourney = (journey: Journey, tracer: Tracer): Journey =>
  async function* traced(order, decision, signal) {
    const turn = tracer.begin('turn', { 'floe.turn.id': order.turnId, 'floe.door': order.caller.door })
    const writer = order.writer === null ? null : traceWriter(order.writer, tracer)
    const facts = journey({ ...order, writer }, decision, signal)
    let step: Span | null = null
    try {
      for (;;) {
        // What a step does happens before its next fact is asked for and told.
        const told: IteratorResult<LiveFact, void> = await (step ?? turn).run(() => facts.next())
        if (told.done === true) break
        const fact: LiveFact = told.value
        if (fact.kind === 'step') {
          if (fact.queryId !== undefined) turn.note({ 'floe.query.id': fact.queryId })
          if (fact.state !== 'running') {
            step?.end(fact.state === 'done' ? undefined : fact.state)
            step = null
          } else step ??= turn.run((): Span => tracer.begin(`step ${fact.name}`))
        }
        yield fact
      }
      turn.end()
    } catch (error) {
      const problem = signal.aborted ? stopReason(signal) : presentProblem(error).code
      step?.end(problem)
      turn.end(problem)
      throw error
    } finally {
      // A reader that leaves early ends the journey at the fact it was given last.
      step?.end('left')
      turn.end('left')
      await facts.return()
    }
  }

const stopReason = ({ reason }: AbortSignal): string => (reason instanceof TurnStopped ? reason.reason : 'stopped')

/** The interpreter works beside the event loop in a few milliseconds: its step tells enough. */
function traceWriter(writer: Writer, tracer: Tracer): Writer {
  if (writer.id === 'offline') return writer
  return {
    ...writer,
    write: async function* (request, options) {
      const span = tracer.begin('model', { 'floe.model.provider': writer.id.slice(0, writer.id.indexOf(':')) })
      try {
        const outcome = yield* inside(span, writer.write(request, options))
        span.end()
        return outcome
      } catch (error) {
        span.end(options.signal.aborted ? 'stopped' : presentProblem(error).code)
        throw error
      } finally {
        span.end('left')
      }
    },
  }
}

/** Has a generator run as a part of a span whenever it is asked for more. */
async function* inside<Piece, Outcome>(
  span: Span,
  pieces: AsyncGenerator<Piece, Outcome>,
): AsyncGenerator<Piece, Outcome> {
  let isOver = false
  try {
    for (;;) {
      const told: IteratorResult<Piece, Outcome> = await span.run(() => pieces.next())
      if (told.done === true) {
        isOver = true
        return told.value
      }
      yield told.value
    }
  } finally {
    if (!isOver) await pieces.return(undefined as Outcome)
  }
}
