/**
 * Phrases around a question that ask for nothing themselves. They name the act of asking ("I'd like to know") or the data as a whole ("on
 * file"), and narrow no rows. Apostrophes are separate tokens, hence "i d like".
 */
export const askings: readonly string[] = (
  'i d like to know|i would like to know|i want to know|i need to know|i d like to see|i would like to see|i want to see|i need to see|' +
  'we d like to know|we would like to know|we want to know|we need to know|i m looking for|i am looking for|i m interested in|i am interested in|' +
  'let me know|let me see|let us know|can you tell me|could you tell me|do you know|please tell me|tell me|show me|give me|i wonder|i d like|we need|i need'
).split('|')

export const closings: readonly string[] = (
  'on file|on record|on the books|on our books|in our records|in our books|in our system|in the system|in our files|do we have|we have|' +
  'have we had|did we have|did we ever have|we ever had|have we ever had|we had|that we have|are there in total|at the moment|right now|as of today|i . e .|e . g .'
).split('|')

const framing: readonly (readonly string[])[] = [...askings, ...closings]
  .map((phrase) => phrase.split(' '))
  .toSorted((a, b) => b.length - a.length)

/** The number of words of the longest framing phrase that begins at an index; 0 for none. Words are in lower case. */
export const framingAt = (words: readonly string[], at: number): number =>
  framing.find((phrase) => phrase.every((word, i) => words[at + i] === word))?.length ?? 0

/** "Patients without insurance - how many are there?" asks in its last words; this puts them first, where questions have them. */
export function countFirst(question: string): string {
  const [, subject, counted] =
    /^(.+?)\s*(?:[:;,.]|\s[-–—]\s)\s*(how many(?: (?:are there|are they|do we have|in total))?|(?:the )?(?:count|number)(?: of them)?)\s*[?.!]*$/i.exec(
      question,
    ) ?? []
  if (subject === undefined || counted === undefined || /^(?:how|what|which|who|list|show)\b/i.test(subject))
    return question
  return `How many ${subject}?`
}

/** Verbs that only say that something belongs to somebody, as "have" does; with their particles. */
export const havingVerbs: readonly string[] = (
  'handle|handles|handled|handling|bring|brings|brought|bring in|brings in|brought in|bringing in|carry out|carries out|carried out|carrying out|' +
  'look after|looks after|looked after|looking after|comprise|comprises|comprised|comprising|take care of|takes care of|took care of|' +
  'come with|comes with|came with|account for|accounts for|accounted for|be responsible for|is responsible for|are responsible for|was responsible for|were responsible for'
).split('|')

const contents = 'information|info|details|detail|data'.split('|')
const abouts = 'about|on|of|for|regarding|concerning|related to'.split('|')

/** Phrases that ask for all that is known of something. */
export const wholePhrases: readonly string[] = [
  ...[
    '',
    'the ',
    'all ',
    'all the ',
    'all of the ',
    'any ',
    'full ',
    'complete ',
    'the full ',
    'the complete ',
  ].flatMap((every) => contents.flatMap((content) => abouts.map((about) => `${every}${content} ${about}`))),
  ...'everything about|everything on|everything of|all columns of|all the columns of|all columns for|all fields of|all the fields of|all attributes of|all the attributes of'.split(
    '|',
  ),
]
