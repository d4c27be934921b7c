import { pinNames } from '../catalog/pinned-names.ts'
import { listed } from '../sentences.ts'
import type { Writer, WriteRequest, WriterOutcome } from '../ports/writer.ts'
import { declineInOwnLanguage } from '../talk/talk.ts'
import { describeQuery } from './describe-query.ts'
import { withoutChartWords } from '../language/chart-words.ts'
import { spellOut } from '../language/tokenise.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpret, Interpretation } from './interpretation.ts'
import { offlineWriterId, offlineWriterLabel } from '../ports/interpreter.ts'
import { askedBefore, makeSuggestions } from './suggest-questions.ts'
import type { Suggestions } from './suggest-questions.ts'

/**
 * Makes the writer that needs no model and no key. It interprets questions by rules against any catalog; where it would have to guess,
 * it declines with a reason and with questions it can answer. Suggestions may share its interpreter.
 */
export function makeOfflineWriter(interpret: Interpret = makeInterpret()): Writer {
  const { suggestNear } = makeSuggestions(interpret)
  return {
    id: offlineWriterId,
    label: offlineWriterLabel,
    async *write(request, { signal }) {
      signal.throwIfAborted()
      const outcome = writeOutcome(request, interpret, (catalog) => suggestNear(catalog, request.question))
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
  const intent = recogniseIntent(withoutChartWords(request.question))
  if (intent !== null) return { kind: 'declined', reason: intentReasons[intent], suggestions: suggest(catalog) }
  const foreign = declineInOwnLanguage(request.question)
  if (foreign !== null) return { kind: 'declined', reason: foreign, suggestions: suggest(catalog) }
  const [failure] = failures
  const words = failures.flatMap(({ unanswered = [] }) => unanswered)
  if (words.length > 0) return { kind: 'declined', reason: unansweredReason(words), suggestions: suggest(catalog) }
  if (failure !== undefined) {
    const [first] = failure.problems
    const reason = `The query I wrote did not pass its check${first === undefined ? '' : `: ${first.message}`}`
    return { kind: 'declined', reason, suggestions: suggest(catalog) }
  }
  const reading = interpret({ ...request, earlier: request.history.map(askedBefore) })
  if (reading.kind === 'query') return queryOutcome(reading, request.question)
  if (reading.kind === 'needs-values') return reading
  if (reading.kind === 'ambiguous') {
    const asked = clarify(request, reading, interpret)
    if (asked !== null) return asked
  }
  const reason = reading.kind === 'declined' ? reading.reason : `I could not tell which "${reading.words}" is meant.`
  return { kind: 'declined', reason, suggestions: suggest(catalog) }
}

/** Names the words that no part of the query answers, as the person wrote them. */
const unansweredReason = (words: readonly string[]): string =>
  `I could not find what answers ${listed([...new Set(words)].map((word) => `"${word}"`))} in this connection.`

function queryOutcome(
  { sql, query, notes, inherited, links }: Extract<Interpretation, { kind: 'query' }>,
  question: string,
): WriterOutcome {
  // Places in a spelled-out question are not those of the question as it was asked.
  const evidence = links === null ? { isEdit: true } : { links: spellOut(question) === question ? links : [] }
  const interpretation = describeQuery(query)
  return { kind: 'query', sql, interpretation, assumptions: notes, chart: null, inherited, ...evidence }
}

/** The readings as full questions, or null unless at least two of them can be answered. */
function clarify(
  request: WriteRequest,
  { words, options }: Extract<Interpretation, { kind: 'ambiguous' }>,
  interpret: Interpret,
): WriterOutcome | null {
  const answerable = options.filter((option) => {
    const pinned = pinNames(option, [], request.catalog)
    return interpret({ ...request, question: option, pinned }).kind === 'query'
  })
  if (answerable.length < 2) return null
  return {
    kind: 'clarification',
    question: `"${words}" may mean several things. Which one do you mean?`,
    options: answerable,
  }
}

/** Intents other than a question about the data. */
type OtherIntent = 'empty' | 'too-long' | 'writes' | 'sql' | 'greeting' | 'about-me'

const patterns: readonly (readonly [OtherIntent, RegExp])[] = [
  [
    'writes',
    /^(?:(?:please|can you|could you|would you|i want (?:you )?to|i'd like (?:you )?to|let's|go ahead and|now)\s+)*(?:delete|drop|truncate|insert|erase|overwrite|grant|revoke|merge into|wipe|purge|alter|rename|update (?!me\b)|remove (?:all|the|every|this|that|rows?|any)|(?:create|make|add) (?:a |an |the )?(?:new )?(?:table|view|schema|database|user|column|row|record|index|entry)|set \S+.* to |change (?:the|all|every) )/i,
  ],
  ['writes', /;\s*(?:drop|delete|update|insert|truncate|alter)\b/i],
  [
    'sql',
    /^\s*(?:select\s*[;*]?\s*$|select\s+\*|select\s+(?:count|sum|avg|min|max)\s*\(|select\b[\s\S]+\bfrom\b[\s\S]+\blimit\s+\d+\s*;?\s*$|select\b[\s\S]+\bfrom\b(?=[\s\S]*(?:[;*]|\bwhere\b.*=|\bgroup by\b|\bjoin\b|^\s*select\s+[\w.*",\s()]+\s+from\s+[\w."]+\s*$))|with\s+\w+\s+as\s*\()/i,
  ],
  [
    'greeting',
    /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks?(?: you)?|thank you(?: very much)?|ok(?:ay)?|great|cool|bye|goodbye|how are you(?: doing)?(?: today)?)[\s!.?,]*(?:there|floe|all)?[\s!.?]*$/i,
  ],
  [
    'about-me',
    /^(?:who are you|what are you|what can you do|what do you do|help(?: me)?|how do(?:es)? (?:you|this|floe) work|what can i ask(?: you)?|what questions can i ask)[\s!.?]*$/i,
  ],
]
/** Longer texts are taken for pasted documents. */
const longestQuestion = 1_200

/** Recognises small talk, requests to write and pasted SQL; null for a question. */
function recogniseIntent(question: string): OtherIntent | null {
  const text = question.trim().replaceAll('’', "'")
  if (text === '') return 'empty'
  if (text.length > longestQuestion) return 'too-long'
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}

/** The answer to each intent, one sentence. */
const intentReasons: Readonly<Record<OtherIntent, string>> = {
  empty: 'There is no question yet.',
  'too-long': 'This is too long for the built-in interpreter; ask one thing in one or two sentences.',
  writes: 'Floe only reads: it cannot change, add or delete anything.',
  sql: 'This looks like SQL rather than a question: ask in plain words, and change the query that comes of it where you like.',
  greeting: 'Hello! Ask me something about the data of this connection.',
  'about-me':
    'I turn questions about the tables of this connection into queries: counts, sums, averages, rankings, lists, filters and trends.',
}
