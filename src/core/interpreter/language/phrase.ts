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
  /** Whatever number a thing is first of all measured by. */
  | 'amount'

export type CompareOperator = '=' | '<>' | '>' | '>=' | '<' | '<='
export type AggregateFunction = 'count' | 'sum' | 'avg' | 'min' | 'max'
export type TextMatch = 'contains' | 'starts' | 'ends'
export type PhraseUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** What a fixed phrase does in a question. */
export type Phrase =
  | { readonly is: 'count' }
  | { readonly is: 'aggregate'; readonly fn: AggregateFunction }
  | {
      readonly is: 'superlative'
      readonly descending: boolean
      readonly quality: Quality | null
      readonly counting: boolean
    }
  /** "how old": asks for what tells the quality. */
  | { readonly is: 'how'; readonly quality: Quality }
  | { readonly is: 'compare'; readonly operator: CompareOperator; readonly quality: Quality | null }
  /** "a greater … than": what is compared stands in between. */
  | { readonly is: 'compare-open'; readonly operator: CompareOperator; readonly quality: Quality | null }
  /** Behind the number: "or more". */
  | { readonly is: 'or-more'; readonly operator: CompareOperator }
  /** "negative", "positive" before what is compared with nothing. */
  | { readonly is: 'sign'; readonly operator: CompareOperator }
  | { readonly is: 'between' }
  | { readonly is: 'direction'; readonly descending: boolean }
  | { readonly is: 'match'; readonly how: TextMatch }
  | { readonly is: 'trend'; readonly unit: PhraseUnit | null }
  | { readonly is: 'unit'; readonly unit: PhraseUnit }
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
  | 'stop'

/** Phrases by what they do; alternatives parted by "|". The longest that fits at a place is taken. */
export type PhraseRow = readonly [phrases: string, phrase: Phrase]
