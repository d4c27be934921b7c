import { chartPhrases } from './chart-phrases.ts'
import { matchPhrases } from './match-phrases.ts'
import { askings, closings, havingVerbs, wholePhrases } from './framing.ts'
import type { Phrase, CompareOperator, PhraseRow, Quality } from './phrase.ts'
import type { Token } from './tokenise.ts'

export interface ReadPhrase {
  readonly phrase: Phrase
  /** The number of tokens consumed. */
  readonly length: number
}

/** Finds the fixed phrases that begin at a token. Of two with the same words, the first is preferred where both fit. */
export type PhraseBook = (tokens: readonly Token[], at: number) => readonly ReadPhrase[]

interface Entry {
  readonly words: readonly string[]
  readonly phrase: Phrase
}

/** Indexes the phrases by their first word. */
export function makePhraseBook(): PhraseBook {
  const byFirst = new Map<string, Entry[]>()
  for (const [alternatives, phrase] of phraseRows) {
    for (const text of alternatives.split('|')) {
      const words = text.split(' ')
      const first = words[0] ?? ''
      byFirst.set(first, [...(byFirst.get(first) ?? []), { words, phrase }])
    }
  }
  return (tokens, at) => {
    const first = tokens[at]
    if (first === undefined || first.kind === 'quoted' || first.kind === 'number') return []
    const found: ReadPhrase[] = []
    for (const { words, phrase } of byFirst.get(first.lower) ?? []) {
      if (at > 0 && openings.has(words.join(' '))) continue
      const fits = words.every((word, i) => tokens[at + i]?.lower === word && tokens[at + i]?.kind !== 'quoted')
      if (fits) found.push({ phrase, length: words.length })
    }
    return found
  }
}

/** Verbs that ask at the start of a question; elsewhere they are nouns (the plot of a film, a sort of fish). */
const openings = new Set(['sort', 'plot', 'chart', 'graph', 'draw'])

const best = (phrases: string, descending: boolean, quality: Quality | null = null, counting = false): PhraseRow => [
  phrases,
  { is: 'superlative', descending, quality, counting },
]
const compare = (phrases: string, operator: CompareOperator, quality: Quality | null = null): PhraseRow => [
  phrases,
  { is: 'compare', operator, quality },
]
const open = (phrases: string, operator: CompareOperator, quality: Quality | null = null): PhraseRow => [
  phrases,
  { is: 'compare-open', operator, quality },
]

/** Phrases about numbers, order and time. */
const numberPhrases: readonly PhraseRow[] = [
  [
    'how many|number of|total number of|count of|total count of|count the number of|count|how often|numbers of|no . of',
    { is: 'count' },
  ],
  ['average|avg|mean|on average|average of|averaged', { is: 'aggregate', fn: 'avg' }],
  ['total|sum|sum of|total of|combined|overall total|summed', { is: 'aggregate', fn: 'sum' }],
  ['growth|grow|grew|growth of|growth in|growth rate|growth rate of', { is: 'change', way: 'growth' }],
  ['difference in|difference of|the difference in|change in|increase in', { is: 'change', way: 'difference' }],
  [
    'cumulative|cumulated|running total of|running total|cumulative total of|running sum of',
    { is: 'change', way: 'running' },
  ],
  ['maximum|max|maximal', { is: 'aggregate', fn: 'max' }],
  ['minimum|min|minimal', { is: 'aggregate', fn: 'min' }],
  ['median|median of', { is: 'aggregate', fn: 'median' }],
  best('top', true),
  best('bottom', false),
  best('most|top most', true),
  best('least|smallest amount of|lowest amount of|least amount of|minimum amount of', false),
  best('fewest|least number of|smallest number of|lowest number of|fewest number of', false, null, true),
  best(
    'most number of|greatest number of|highest number of|largest number of|biggest number of|most times',
    true,
    null,
    true,
  ),
  best('highest', true, 'height'),
  best('lowest', false, 'height'),
  best('largest|biggest|greatest', true, 'size'),
  best('smallest|tiniest', false, 'size'),
  best('youngest', false, 'age'),
  best('oldest|eldest', true, 'age'),
  best('tallest', true, 'height'),
  best('longest', true, 'length'),
  best('shortest', false, 'length'),
  best('heaviest', true, 'weight'),
  best('lightest', false, 'weight'),
  best('most expensive|priciest|costliest|most costly|highest priced|dearest|most valuable', true, 'price'),
  best('cheapest|least expensive|lowest priced', false, 'price'),
  best('richest|wealthiest', true, 'wealth'),
  best('poorest', false, 'wealth'),
  best('fastest|quickest', true, 'speed'),
  best('slowest', false, 'speed'),
  best('newest|latest|most recent|most recently|last', true, 'time'),
  best('earliest|least recent', false, 'time'),
  best('best rated|highest rated|top rated|most highly rated|best|highly rated', true, 'rating'),
  best('worst rated|lowest rated|worst', false, 'rating'),
  best('best paid|highest paid|top paid|best earning|highest earning', true, 'pay'),
  best('worst paid|lowest paid', false, 'pay'),
  best(
    'most common|most popular|most frequent|most frequently|most often|most commonly|most used|most active|busiest|most prevalent',
    true,
    'popularity',
  ),
  best('least common|least popular|least frequent|least used|rarest|least active', false, 'popularity'),
  ['how old', { is: 'how', quality: 'age' }],
  ['how tall|how high', { is: 'how', quality: 'height' }],
  ['how long|how far', { is: 'how', quality: 'length' }],
  ['how heavy', { is: 'how', quality: 'weight' }],
  ['how expensive|how costly', { is: 'how', quality: 'price' }],
  ['how fast', { is: 'how', quality: 'speed' }],
  ['how large|how big|how small', { is: 'how', quality: 'size' }],
  ['how rich|how wealthy', { is: 'how', quality: 'wealth' }],
  compare(
    'more than|greater than|larger than|higher than|bigger than|over|above|exceeding|exceeds|exceed|in excess of|beyond|is more than|>|after|upwards of|later than',
    '>',
  ),
  compare(
    'at least|no less than|not less than|no fewer than|not fewer than|a minimum of|greater than or equal to|more than or equal to|greater or equal to|>=|no lower than|not lower than|not below|not under|no smaller than',
    '>=',
  ),
  compare('less than|fewer than|lower than|smaller than|under|below|beneath|<|before|earlier than|prior to', '<'),
  compare(
    'at most|no more than|not more than|up to|a maximum of|less than or equal to|fewer than or equal to|lower than or equal to|<=|no higher than|not higher than|no greater than|not greater than|not above|not over|not exceeding|no larger than',
    '<=',
  ),
  compare('exactly|equal to|equals|is equal to|=|==|equal', '='),
  compare('not equal to|!=|<>|different from|other than', '<>'),
  compare('older than|aged over|aged above|older', '>', 'age'),
  compare('younger than|aged under|aged below|younger', '<', 'age'),
  compare('aged|of age', '=', 'age'),
  compare('not older than|no older than', '<=', 'age'),
  compare('not younger than|no younger than', '>=', 'age'),
  compare('taller than', '>', 'height'),
  compare('heavier than', '>', 'weight'),
  compare('lighter than', '<', 'weight'),
  compare('longer than', '>', 'length'),
  compare('shorter than', '<', 'length'),
  compare('more expensive than|costlier than|pricier than', '>', 'price'),
  compare('cheaper than|less expensive than', '<', 'price'),
  compare('faster than', '>', 'speed'),
  compare('slower than', '<', 'speed'),
  compare('richer than', '>', 'wealth'),
  open('greater|higher|larger|bigger|more', '>'),
  open('lower|smaller|less|fewer', '<'),
  open('as many', '='),
  [
    'or more|or above|or higher|or greater|or over|or later|and above|and over|and more|or larger|or longer|or bigger|+',
    { is: 'or-more', operator: '>=', quality: null },
  ],
  ['or older|and older', { is: 'or-more', operator: '>=', quality: 'age' }],
  [
    'or less|or fewer|or below|or lower|or under|or smaller|or earlier|and below|and under|or shorter',
    { is: 'or-more', operator: '<=', quality: null },
  ],
  ['or younger|and younger', { is: 'or-more', operator: '<=', quality: 'age' }],
  ['years old|years of age|year old', { is: 'measured', quality: 'age' }],
  ['negative', { is: 'sign', operator: '<' }],
  ['positive', { is: 'sign', operator: '>' }],
  ['between|in between', { is: 'between' }],
  [
    'in descending order|descending|desc|in decreasing order|decreasing|from high to low|from highest to lowest|from the highest to the lowest|from largest to smallest|largest to smallest|most to least|from biggest to smallest|from most to least|from old to young|from oldest to youngest|from longest to shortest|from newest to oldest|from latest to earliest|highest first|largest first|biggest first|longest first|slowest first|most expensive first|most first|in reverse alphabetical order|in reverse order|reverse alphabetically|from best to worst|descendingly|in descending alphabetical order|descending order|newest first|latest first|starting from the best|highest to lowest|from the largest to the smallest|greatest first|heaviest first|best first',
    { is: 'direction', descending: true },
  ],
  [
    'in ascending order|ascending|asc|in increasing order|increasing|from low to high|from lowest to highest|from the lowest to the highest|from smallest to largest|smallest to largest|least to most|from least to most|from young to old|from youngest to oldest|from shortest to longest|from oldest to newest|from earliest to latest|lowest first|smallest first|shortest first|fastest first|cheapest first|in alphabetical order|alphabetically|alphabetical order|in ascending alphabetical order|in lexicographical order|lexicographically|in lexicographic order|in chronological order|chronologically|ascending order|oldest first|earliest first|by alphabetical order|in alphabetic order|from a to z|ascendingly|fewest first|least first|least expensive first|quickest first|lightest first|worst first',
    { is: 'direction', descending: false },
  ],
  ...matchPhrases,
  ['daily', { is: 'trend', unit: 'day' }],
  ['weekly', { is: 'trend', unit: 'week' }],
  ['monthly|month over month|month by month', { is: 'trend', unit: 'month' }],
  ['quarterly', { is: 'trend', unit: 'quarter' }],
  ['yearly|annual|annually|year over year|year by year|over the years', { is: 'trend', unit: 'year' }],
  ['over time|trend|trend of|trend in|the trend of|the trend in', { is: 'trend', unit: null }],
  ['day|days|date|dates|calendar day', { is: 'unit', unit: 'day' }],
  ['week|weeks|calendar week', { is: 'unit', unit: 'week' }],
  ['month|months|calendar month', { is: 'unit', unit: 'month' }],
  ['quarter|quarters', { is: 'unit', unit: 'quarter' }],
  ['year|years|calendar year', { is: 'unit', unit: 'year' }],
  ['weekday|weekdays|day of the week|day of week|days of the week', { is: 'unit', unit: 'weekday' }],
  ['month of the year|months of the year|month of year', { is: 'unit', unit: 'month-of-year' }],
  ['from', { is: 'preposition', role: 'source' }],
  ['to|into|towards', { is: 'preposition', role: 'target' }],
  [
    'in|at|on|in part of|in a part of|as part of|within|inside|for|among|during|under the|about|through|via|as|out of|onto|amongst',
    { is: 'preposition', role: 'place' },
  ],
]

/** Function words and phrases. */
const plainPhrases: readonly PhraseRow[] = [
  [
    'sort|plot|chart|graph|draw|visualize|visualise|show|list|find|give|return|display|tell|get|print|provide|fetch|select|report|compute|calculate|determine|identify|present|retrieve|output|what is|what are|what was|what were|what|how much|enumerate|state the|name the|find out|compare|i want|i need|i would like|who is|who are|who was|who were|describe|look up',
    { is: 'lead' },
  ],
  ['which|which of', { is: 'which' }],
  ['when', { is: 'when' }],
  ['where is|where are|where was|where were|where do|where does|where did', { is: 'where' }],
  ['who', { is: 'who' }],
  [
    'for each|for every|per|each|every|in each|of each|by each|from each|each of|each of the|for each of|for each of the|in every|of every|by every|grouped by|group by|broken down by|split by|across|across the different|for all different|for all the different|for different|by different|in each of the|of each of the|for each different|for each distinct|each different|each distinct|at each|on each|with each|within each|respective|for the different|for the respective|along each',
    { is: 'each' },
  ],
  ['by|in terms of|based on|measured by|as measured by|according to', { is: 'by' }],
  [
    'ordered by|order by|sorted by|sort by|arranged by|ranked by|order them by|sort them by|order the results by|order the result by|sort the results by|sort the result by|sort the list by|order the list by|ordered|sorted|in order of|in the order of|order results by|sort results by|arranged|in ascending order of|in descending order of|in alphabetical order of|in ascending order by|in descending order by|sorted in|ordered in|list them by|rank by|ordering by|sorting by',
    { is: 'order' },
  ],
  [
    "not|neither|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|never|cannot|can't|no|nor|none of|but not|did not|does not|do not|is not|are not|was not|were not|has not|have not|had not|not in|outside|outside of",
    { is: 'not' },
  ],
  [
    'without|without any|with no|excluding|except|except for|have no|has no|had no|having no|lacking|lack|without a|without an|not having|apart from|that are not in|with zero|have zero|has zero|not including|leave out|leaving out|leave aside|exclude|omit|omitting|filter out|ignoring|disregarding',
    { is: 'without' },
  ],
  ['different|distinct|unique|distinctive|various', { is: 'distinct' }],
  ['whose|of which the|for which the', { is: 'whose' }],
  [
    'that|which|whom|in which|for which|to which|of which|where|when the|on which|at which|by which|from which|through which|such that',
    { is: 'relative' },
  ],
  ['have|has|had|having|own|owns|owned|owning|possess|possesses|hold|holds|held', { is: 'has' }],
  [
    'with|along with|together with|as well as|and also|including|with the|with a|with an|with some|with any',
    { is: 'with' },
  ],
  [
    'and|&|plus|and the|also|as well as the|along with the|then|versus|vs|vs .|compared to|compared with',
    { is: 'and' },
  ],
  ['or|either|or the', { is: 'or' }],
  [',|;', { is: 'comma' }],
  [
    'of|across all|across all the|for all|for all the|of all|of all the|among all|among all the|over all|from all|from all the|in all the|in all',
    { is: 'of' },
  ],
  [
    'share|percentage share|percentage of|percentage|percent of|the percentage of|share of|proportion of|fraction of|what percentage of|what percent of|what share of|what proportion of|the share of|the proportion of|what fraction of|percent|the fraction of',
    { is: 'share' },
  ],
  [wholePhrases.join('|'), { is: 'whole' }],
  ['first', { is: 'first' }],
  ['than', { is: 'than' }],
  ['both', { is: 'both' }],
  ['instead of|rather than|but not the', { is: 'instead' }],
  ['only|just|solely|exclusively', { is: 'only' }],
  ['that same|the same|those|these|this|such', { is: 'this' }],
  ["it|its|their|them|they|his|her|him|she|he|theirs|ones|'s|itself|themselves|each other|us", { is: 'pronoun' }],
  ['than average|the overall average', { is: 'average-value' }],
  [
    'do not have any value for|does not have any value for|did not have any value for|do not have a value for|does not have a value for|have no value for|has no value for|with no value for|without any value for|without a value for|no value for|is null|are null|is missing|are missing|is unknown|are unknown|is empty|are empty|unknown|missing|null|not set|undefined|not specified|is blank|is not available',
    { is: 'missing' },
  ],
  [
    'have a value for|has a value for|have any value for|with a value for|with any value for|non null|non empty|is not null|are not null|is not missing|is known|are known|not null|is set|is available|not missing|are not missing',
    { is: 'present' },
  ],
  ['times|how many times|number of times times', { is: 'times' }],
  [
    'in square kilometers|in square kilometres|in square miles|in kilometers|in kilometres|in meters|in metres|in km|in miles|in feet|in inches|in cm|in kg|in kb|in mb|in gb|in kilobytes|in megabytes|in gigabytes|in centimeters|in centimetres|in kilograms|in pounds|in tons|in dollars|in usd|in euros|in hours|in minutes|in seconds|in years|dollars|usd|euros|kg|km|cm|meters|metres|kilometers|kilometres|square kilometers|square miles|in total|in the database|in our database|in the data|in this database|of them|in all',
    { is: 'filler' },
  ],
  ['.|?|!|:', { is: 'stop' }],
]

/** All fixed phrases the interpreter knows, each with its role in a question. */
const phraseRows: readonly PhraseRow[] = [
  ...numberPhrases,
  ...plainPhrases,
  ...chartPhrases,
  [askings.join('|'), { is: 'lead' }],
  [closings.join('|'), { is: 'filler' }],
  [havingVerbs.join('|'), { is: 'has' }],
]
