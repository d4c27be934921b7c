/** A quality that an adjective names without naming the column that holds it ("youngest", "expensive"). */
export type Quality =
  | 'age'
  | 'height'
  | 'length'
  | 'weight'
  | 'price'
  | 'wealth'
  | 'speed'
  | 'size'
  | 'time'
  | 'rating'
  | 'popularity'
  | 'pay'
  /** The entity's default numeric measure ("amount"). */
  | 'amount'

export type CompareOperator = '=' | '<>' | '>' | '>=' | '<' | '<='
export const aggregateFunctions = ['count', 'sum', 'avg', 'min', 'max', 'median'] as const
export type AggregateFunction = (typeof aggregateFunctions)[number]
/** How values of several periods are set against each other; `running` adds them up. */
export type ChangeWay = 'growth' | 'difference' | 'running'
export type TextMatch = 'contains' | 'starts' | 'ends'
/** A unit to group by: a stretch of time, or its place in the week or in the year. */
export type PhraseUnit = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'weekday' | 'month-of-year'

/** The role of a fixed phrase in a question. */
export type Phrase =
  | { readonly is: 'count' }
  | { readonly is: 'aggregate'; readonly fn: AggregateFunction }
  | {
      readonly is: 'superlative'
      readonly descending: boolean
      readonly quality: Quality | null
      readonly counting: boolean
    }
  /** "how old": asks for the column that holds the quality. */
  | { readonly is: 'how'; readonly quality: Quality }
  | { readonly is: 'compare'; readonly operator: CompareOperator; readonly quality: Quality | null }
  /** "a greater … than": the compared noun stands in between. */
  | { readonly is: 'compare-open'; readonly operator: CompareOperator; readonly quality: Quality | null }
  /** Follows a number: "or more", or with the quality it is a number of: "or older". */
  | { readonly is: 'or-more'; readonly operator: CompareOperator; readonly quality: Quality | null }
  /** Follows a number and says what it is a number of: "23 *years old*". */
  | { readonly is: 'measured'; readonly quality: Quality }
  /** "negative" or "positive" before a noun: compares it with zero. */
  | { readonly is: 'sign'; readonly operator: CompareOperator }
  | { readonly is: 'between' }
  | { readonly is: 'direction'; readonly descending: boolean }
  | { readonly is: 'match'; readonly how: TextMatch }
  | { readonly is: 'trend'; readonly unit: PhraseUnit | null }
  | { readonly is: 'unit'; readonly unit: PhraseUnit }
  /** Compares two periods, or each period with the one before. */
  | { readonly is: 'change'; readonly way: ChangeWay }
  | { readonly is: 'preposition'; readonly role: 'source' | 'target' | 'place' }
  | { readonly is: PlainRole }

export type PlainRole =
  | 'lead'
  | 'which'
  | 'when'
  | 'where'
  | 'who'
  | 'each'
  | 'by'
  | 'order'
  | 'not'
  | 'without'
  | 'distinct'
  | 'whose'
  | 'relative'
  | 'has'
  | 'with'
  | 'and'
  | 'or'
  | 'comma'
  | 'of'
  | 'share'
  | 'first'
  | 'than'
  | 'both'
  | 'only'
  | 'instead'
  | 'this'
  | 'pronoun'
  | 'average-value'
  | 'missing'
  | 'present'
  | 'times'
  | 'filler'
  /** "all the information about": every column of what follows. */
  | 'whole'
  | 'stop'

/** Phrases with the same role; alternatives are separated by "|". */
export type PhraseRow = readonly [phrases: string, phrase: Phrase]
