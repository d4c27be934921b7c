/** What is wanted when it is not an answer from the data. */
export type OtherIntent = 'empty' | 'too-long' | 'writes' | 'sql' | 'greeting' | 'about-me'

const patterns: readonly (readonly [OtherIntent, RegExp])[] = [
  [
    'writes',
    /^(?:(?:please|can you|could you|would you|i want (?:you )?to|i'd like (?:you )?to|let's|go ahead and|now)\s+)*(?:delete|drop|truncate|insert|erase|overwrite|grant|revoke|merge into|wipe|purge|alter|rename|update (?!me\b)|remove (?:all|the|every|this|that|rows?|any)|(?:create|make|add) (?:a |an |the )?(?:new )?(?:table|view|schema|database|user|column|row|record|index|entry)|set \S+.* to |change (?:the|all|every) )/i,
  ],
  ['writes', /;\s*(?:drop|delete|update|insert|truncate|alter)\b/i],
  [
    'sql',
    /^\s*(?:select\b[\s\S]+\bfrom\b(?=[\s\S]*(?:[;*]|\bwhere\b.*=|\bgroup by\b|\bjoin\b|^\s*select\s+[\w.*",\s()]+\s+from\s+[\w."]+\s*$))|with\s+\w+\s+as\s*\()/i,
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
/** Longer texts are pastes. */
const longestQuestion = 1_200

/** Tells small talk, wishes to write and pasted SQL from questions; null for a question. */
export function recogniseIntent(question: string): OtherIntent | null {
  const text = question.trim().replaceAll('’', "'")
  if (text === '') return 'empty'
  if (text.length > longestQuestion) return 'too-long'
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}

/** What to say to each, one sentence. */
export const intentReasons: Readonly<Record<OtherIntent, string>> = {
  empty: 'There is no question yet.',
  'too-long': 'This is too long for the built-in interpreter; ask one thing in one or two sentences.',
  writes: 'Floe only reads: it cannot change, add or delete anything.',
  sql: 'This looks like SQL rather than a question; run it as SQL instead.',
  greeting: 'Hello! Ask me something about the data of this connection.',
  'about-me':
    'I turn questions about the tables of this connection into queries: counts, sums, averages, rankings, lists, filters and trends.',
}
