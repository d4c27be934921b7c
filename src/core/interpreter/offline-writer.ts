import type { Writer, WriteRequest, WriterOutcome } from '../ports/writer.ts'
import { describeQuery } from './describe-query.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpret, Interpretation } from './interpret.ts'
import { offlineWriterId, offlineWriterLabel } from './offline-writer-name.ts'
import { intentReasons, recogniseIntent } from './recognise-intent.ts'
import { resolveFollowUp } from './resolve-follow-up.ts'
import { makeSuggestions } from './suggest-questions.ts'
import type { Suggestions } from './suggest-questions.ts'

/**
 * Makes the writer that needs no model and no key: it reads questions by rules, against any catalog, and declines with a reason and
 * questions it can answer where it would have to guess. Suggestions may share its interpreter.
 */
export function makeOfflineWriter(interpret: Interpret = makeInterpret()): Writer {
  const { suggestQuestions } = makeSuggestions(interpret)
  return {
    id: offlineWriterId,
    label: offlineWriterLabel,
    async *write(request, { signal }) {
      signal.throwIfAborted()
      const outcome = writeOutcome(request, interpret, suggestQuestions)
      if (outcome.kind === 'query') yield { sql: outcome.sql }
      return outcome
    },
  }
}

function writeOutcome(
  request: WriteRequest,
  interpret: Interpret,
  suggest: Suggestions['suggestQuestions'],
): WriterOutcome {
  const { catalog, failures } = request
  const suggestions = (): readonly string[] => suggest(catalog)
  const intent = recogniseIntent(request.question)
  if (intent !== null) return { kind: 'declined', reason: intentReasons[intent], suggestions: suggestions() }
  const [failure] = failures
  if (failure !== undefined) {
    const [first] = failure.problems
    const reason = `The query I wrote did not pass its check${first === undefined ? '' : `: ${first.message}`}`
    return { kind: 'declined', reason, suggestions: suggestions() }
  }
  const question = resolveFollowUp(request, interpret)
  const reading = interpret({ ...request, question })
  if (reading.kind === 'query') return queryOutcome(reading, question === request.question ? null : question)
  if (reading.kind === 'ambiguous') {
    const asked = clarify(request, reading, interpret)
    if (asked !== null) return asked
  }
  const reason = reading.kind === 'declined' ? reading.reason : `I could not tell which "${reading.words}" is meant.`
  return { kind: 'declined', reason, suggestions: suggestions() }
}

function queryOutcome(reading: Extract<Interpretation, { kind: 'query' }>, resolved: string | null): WriterOutcome {
  const assumptions =
    resolved === null ? reading.notes : [`Read together with the question before: "${resolved}"`, ...reading.notes]
  return { kind: 'query', sql: reading.sql, interpretation: describeQuery(reading.query), assumptions, chart: null }
}

/** The readings as full questions, where at least two of them can be answered. */
function clarify(
  request: WriteRequest,
  { words, options }: Extract<Interpretation, { kind: 'ambiguous' }>,
  interpret: Interpret,
): WriterOutcome | null {
  const answerable = options.filter((option) => interpret({ ...request, question: option }).kind === 'query')
  if (answerable.length < 2) return null
  return {
    kind: 'clarification',
    question: `"${words}" may mean several things. Which one do you mean?`,
    options: answerable,
  }
}
