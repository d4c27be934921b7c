import type { EarlierTurn } from '../ports/writer.ts'

const ends = '[\\s!.?,:;)…-]*$'
const patterns: readonly (readonly [TalkKind, RegExp])[] = [
  [
    'thanks',
    new RegExp(
      `^(?:(?:ok(?:ay)?|great|perfect|cool|nice)[\\s,!.]+)?(?:many thanks|thanks?|thank you|thx|ty|cheers|much appreciated)(?:[\\s,!.]+(?:you|a lot|so much|very much|again|floe|that (?:was|is) \\w+|that helps|great|perfect|all))*${ends}`,
      'i',
    ),
  ],
  [
    'greeting',
    new RegExp(
      `^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|how are you(?: doing)?(?: today)?)(?:[\\s,!.]+(?:there|floe|all|everyone|how are you))*${ends}`,
      'i',
    ),
  ],
  [
    'bye',
    new RegExp(
      `^(?:bye|bye bye|goodbye|good night|see you|see you later|that(?:'s| is) (?:all|it)|i(?:'m| am) done)(?:[\\s,!.]+(?:now|for now|for today|floe|thanks?))*${ends}`,
      'i',
    ),
  ],
  [
    'ok',
    new RegExp(
      `^(?:ok|okay|k|great|cool|nice|perfect|good|fine|alright|all right|got it|i see|interesting|awesome|wow|sure|right|yes|no|never ?mind)(?:[\\s,!.]+(?:great|cool|nice|perfect|good|thanks?|then|work|job|one))*${ends}`,
      'i',
    ),
  ],
  [
    'help',
    new RegExp(
      `^(?:help(?: me)?|who are you|what are you|what can you do|what do you do|how do(?:es)? (?:you|this|floe|it) work|how do i (?:use|start)(?: this| floe)?)${ends}`,
      'i',
    ),
  ],
  [
    'why',
    new RegExp(
      `^(?:but |and )?(?:why|how come|why(?:'s| is) (?:that|this|it)(?: so)?|how (?:did you|do you) (?:get|know|calculate|compute|work out|come (?:to|up with))(?: (?:that|this|it|to that))?|where does (?:that|this|it) come from|what does (?:that|this|it|the (?:result|answer|query|number)) mean|what do you mean(?: by that)?|explain(?: (?:that|this|it|the (?:result|answer|query|number)))?|how is (?:that|this|it) (?:calculated|computed|worked out)|are you sure)${ends}`,
      'i',
    ),
  ],
]

type TalkKind = 'thanks' | 'greeting' | 'bye' | 'ok' | 'help' | 'why'

const answers: Readonly<Record<Exclude<TalkKind, 'why'>, string>> = {
  thanks: 'You are welcome. Ask on whenever you like.',
  greeting: 'Hello! Ask me something about the data of this connection.',
  bye: 'Goodbye. This conversation is kept; you can go on with it at any time.',
  ok: 'Good. Ask on whenever you like.',
  help: 'I turn questions about the tables of this connection into queries that only read: counts, sums, averages, rankings, lists, filters and trends. Ask "What tables are there?" to see what the data hold.',
}

/** The answer to small talk and to "why?"; null for anything else. "why?" is answered from the explanation of the last query. */
export function answerSmallTalk(question: string, history: readonly EarlierTurn[]): string | null {
  const text = question.trim().replaceAll('’', "'")
  const kind = patterns.find(([, pattern]) => pattern.test(text))?.[0]
  if (kind === undefined) return null
  return kind === 'why' ? explainLast(history) : answers[kind]
}

function explainLast(history: readonly EarlierTurn[]): string {
  const last = history.findLast((turn) => turn.sql !== null)
  if (last === undefined) return 'There is no answer yet to explain. Ask a question about the data first.'
  const explanation = last.explanation ?? null
  const told = explanation === null ? `This query answered it: ${last.sql ?? ''}` : explanation
  return last.question === '' ? told : `You asked "${last.question}". ${told}`
}
