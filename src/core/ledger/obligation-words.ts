import type { LedgerRole } from '../../contract/ledger.ts'
import { havingVerbs } from '../language/framing.ts'
import type { Token } from '../language/tokenise.ts'
import type { Need } from './obligation.ts'

/**
 * Words that a query need not answer, by the reason why. None of them is a verb with a meaning of its own, a noun or an adjective that
 * narrows anything.
 */
const groups: readonly (readonly [reason: string, words: string])[] = [
  ['articles and demonstratives point at a noun that is accounted itself', 'a an the this that these those such'],
  [
    'determiners of one thing or of whatever there is repeat what the noun says',
    'any some respective respectively corresponding certain particular specific given own single',
  ],
  [
    'pronouns stand for a noun that is accounted where it is named',
    "i me my we us our you your it its he she they them their his her him theirs itself themselves itself one's 's s ones who whom what which whichever whatever anyone someone somebody anything something each-other",
  ],
  [
    'forms of "be", "do" and the modal verbs only build the sentence',
    "is are was were be been being am do does did can could would will shall should may might must 's 're ve d ll m re",
  ],
  [
    'prepositions attach a noun that is accounted itself',
    'of in on at to for from into onto as within inside about during upon towards toward through via among amongst out off up',
  ],
  ['conjunctions join parts that are accounted themselves', 'and or but if so then than because while also plus'],
  ['question words ask for what the nouns after them name', 'how when where why much many there here'],
  [
    'politeness and discourse ask for nothing',
    'please kindly thanks thank hi hello hmm oh ok okay now just too yet already still ever even well actually really very quite etc',
  ],
  ['marks and letters of the sentence', '&'],
]

/** Whether a word passes without an answer. */
export const functionWords: ReadonlySet<string> = new Set(groups.flatMap(([, words]) => words.split(' ')))

/** Verbs that only say that two nouns belong together; the noun after them, or before them, says to what. */
export const linkingVerbs = new Set(
  (
    'live lives lived living reside resides locate located situated base based come comes came coming contain contains contained containing ' +
    'include includes included involve involves involved use uses used using take takes took taken taking make makes made making get gets got ' +
    'getting give gives gave go goes went going participate participates participated participating keep keeps kept happen happens happened ' +
    'occur occurs occurred appear appears appeared belong belongs call called hold holds held own owns owned owning possess possesses run runs ' +
    'set exist exists existed existing offer offers offered provide provides provided receive receives received correspond corresponds match ' +
    'matches matching register registered assign assigned work works worked working found do doing done join joined attend attends attended ' +
    'place placed produce produces produced producing create creates created creating design designed designs develop developed build built ' +
    'raise raised raises play plays played playing show shows showed shown share shared shares list listed lists affiliated serve serves served serving gotten manufacture manufactured manufactures post posts posted send feature featured host hosted ' +
    'hosts collect collected mention mentioned store stored display displayed want wanted need needs know known say says said see seen look looking'
  ).split(' '),
)

/** Verbs that ask for the answer when they begin a clause, and nouns that name the answer itself. */
export const requestVerbs = new Set(
  'show list find include add give return display tell get print provide fetch select report compute calculate determine identify present retrieve output enumerate state describe want need like know see count name search figure plot chart graph draw visualize visualise'.split(
    ' ',
  ),
)
export const answerNouns = new Set(
  'everything columns fields attributes chart charts graph diagram donut doughnut pie histogram scatterplot record records row rows entry entries result results list information info detail details data database dataset table tables answer'.split(
    ' ',
  ),
)
/** Words after which a verb of asking begins a clause. */
export const clauseStarts = new Set([
  'and',
  'then',
  ',',
  '.',
  '?',
  ';',
  'also',
  'please',
  'to',
  'you',
  'i',
  'would',
  'us',
  'me',
])

/** Units of measure, which a number before them answers. */
export const measureUnits = new Set(
  'dollar dollars usd euro euros kg km cm mm meter meters metre metres kilometer kilometers kilometres mile miles foot feet inch inches pound pounds ton tons minute minutes hour hours second seconds day days week weeks month months year years old age square percent point points star stars cent cents unit units time times people'.split(
    ' ',
  ),
)

type Row = readonly [role: LedgerRole, need: Need, phrases: string]

const compare = (way: 'more' | 'less' | 'equal' | 'between' | 'any', phrases: string): Row => [
  'comparison',
  { kind: 'comparison', way },
  phrases,
]
const rank = (way: 'high' | 'low' | 'any', phrases: string, needsCut = true): Row => [
  'ranking',
  { kind: 'ranking', way, needsCut },
  phrases,
]
const count = (which: 'count' | 'sum' | 'average' | 'median' | 'spread', phrases: string): Row => [
  'aggregate',
  { kind: 'aggregate', which },
  phrases,
]
const order = (way: 'asc' | 'desc' | null, phrases: string): Row => ['order', { kind: 'order', way }, phrases]
const change = (which: 'difference' | 'compare' | 'trend' | 'running', phrases: string): Row => [
  'change',
  { kind: 'change', which },
  phrases,
]
const quantifier = (which: 'all' | 'both' | 'either' | 'only', phrases: string): Row => [
  'quantifier',
  { kind: 'quantifier', which },
  phrases,
]

/** Phrases that oblige a query to hold a construct, longest match first. Alternatives are separated by "|". */
const rows: readonly Row[] = [
  compare(
    'more',
    'more than|greater than|larger than|higher than|bigger than|above|exceeding|exceeds|exceed|exceeded|in excess of|beyond|>|upwards of|later than|at least|no less than|not less than|no fewer than|not fewer than|a minimum of|greater than or equal to|more than or equal to|greater or equal to|>=|no lower than|not lower than|not below|not under|no smaller than|heavier than|heavier|taller than|taller|longer than|longer|more expensive than|more expensive|costlier than|faster than|faster|richer than|greater|higher|larger|bigger|more|or more|or above|or higher|or greater|or over|or later|and above|and over|and more|or larger|or longer|or bigger|positive|surpass|surpasses|better than|after|later',
  ),
  compare(
    'less',
    'less than|fewer than|lower than|smaller than|below|beneath|<|earlier than|prior to|at most|no more than|not more than|up to|a maximum of|less than or equal to|fewer than or equal to|lower than or equal to|<=|no higher than|not higher than|no greater than|not greater than|not above|not over|not exceeding|no larger than|lighter than|lighter|shorter than|shorter|cheaper than|cheaper|less expensive than|slower than|slower|lower|smaller|less|fewer|or less|or fewer|or below|or lower|or under|or smaller|or earlier|and below|and under|or shorter|negative|before|earlier',
  ),
  compare('equal', 'exactly|equal to|equals|is equal to|=|==|equal|the same as|same as'),
  compare('between', 'between|in between'),
  compare(
    'any',
    'older than|younger than|older|younger|or older|or younger|and older|not older than|not younger than|no older than|no younger than|aged over|aged under|newer than|newer|same|than average|the overall average',
  ),
  [
    'negation',
    { kind: 'negation' },
    "not|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|won't|never|cannot|can't|no|nor|none|neither|without|excluding|exclude|excludes|leave out|leaving out|leave aside|omit|omitting|filter out|ignoring|disregarding|not including|except|except for|lacking|lack|lacks|apart from|different from|other than|outside|outside of|not equal to|!=|<>|non|nobody|nothing|rather than|instead of|unlike",
  ],
  [
    'negation',
    { kind: 'missing' },
    'missing|null|non null|non empty|unknown|empty|blank|not set|undefined|not specified|not known|not available|not null|not missing|not empty|not unknown',
  ],
  rank(
    'high',
    'most|highest|largest|biggest|greatest|tallest|longest|heaviest|most expensive|priciest|costliest|dearest|richest|wealthiest|fastest|quickest|newest|latest|most recent|most recently|last|maximum|max|maximal|busiest|strongest|deepest|hottest|widest|hardest|closest',
  ),
  rank(
    'any',
    'best|worst|oldest|eldest|youngest|most common|most commonly|most popular|most frequent|most frequently|most often|most highly|most highly rated|highly rated|highest rated|top rated|best rated|best paid|worst paid|main|leading',
  ),
  rank('high', 'top|biggest first', false),
  rank(
    'low',
    'least|lowest|smallest|fewest|shortest|lightest|cheapest|poorest|slowest|earliest|least recent|minimum|min|minimal|rarest|weakest|tiniest|least common|least popular|least expensive|nearest|coldest|first|initial',
  ),
  rank('any', 'bottom', false),
  rank('any', 'second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|runner up'),
  [
    'group',
    { kind: 'group' },
    'per|each|every|for each|for every|in each|in every|of each|of every|within each|across|for different|for the different|broken down by|split by|grouped by|group by|breakdown|along each|by each',
  ],
  quantifier(
    'all',
    'all|all the|across all|across all the|for all|for all the|over all|among all|among all the|of all|of all the|from all|in all|entire|whole|overall|altogether|in total|complete|always',
  ),
  quantifier('both', 'both'),
  quantifier('either', 'either'),
  quantifier('only', 'only|solely|exclusively'),
  [
    'share',
    { kind: 'share' },
    'share of|share|percentage of|percentage|percent of|percent|percentages|proportion of|proportion|fraction of|fraction|ratio of|ratio|rate',
  ],
  change(
    'difference',
    'growth|grow|grew|grown|growing|increase|increased|increases|decrease|decreased|decreases|difference|differences|change|changed|changes|decline|declined|dropped|drop|fell|rise|rose',
  ),
  change('compare', 'compare|compared|comparison|compared to|compared with|versus|vs'),
  change(
    'trend',
    'over time|trend|trends|over the years|month over month|year over year|month by month|year by year|daily|weekly|monthly|quarterly|yearly|annually|annual|by day|by week|by month|by quarter|by year',
  ),
  change('running', 'cumulative|running total|running|rolling|moving|so far'),
  count(
    'count',
    'how many|number of|total number of|numbers of|count of|count|count the number of|how often|the number of|how many times|total count of|number of times|times|frequency',
  ),
  count('sum', 'total|sum|sum of|total of|combined|totals|summed'),
  count('average', 'average|avg|mean|on average|average of|averaged|averages'),
  count('median', 'median|percentile|quartile'),
  count('spread', 'standard deviation|variance|stddev'),
  ['distinct', { kind: 'distinct' }, 'different|distinct|unique|distinctive|various|duplicates|once'],
  order(
    'desc',
    'in descending order|in descending order of|in descending order by|descending order|descending|desc|in decreasing order|decreasing|from high to low|from highest to lowest|from the highest to the lowest|from largest to smallest|from biggest to smallest|from most to least|from newest to oldest|from latest to earliest|highest first|largest first|most first|newest first|latest first|greatest first|slowest first|longest first|heaviest first|most expensive first|best first|in reverse alphabetical order|in reverse order|reverse|highest to lowest|from longest to shortest|from the largest to the smallest|most to least|biggest first|most recent first',
  ),
  order(
    null,
    'ordered by|ordered descending by|ordered ascending by|ordered descending|ordered ascending|sorted descending by|sorted ascending by|order by|sorted by|sort by|sort|sorted|arranged by|arranged|ranked by|ranked|rank by|rank|in order of|in the order of|in order|order them by|sort them by|order the results by|order the result by|sort the results by|sort the result by|sort the list by|order the list by|ordering by|sorting by|in alphabetical order|in alphabetical order of|in alphabetic order|alphabetically|alphabetical order|alphabetical|in lexicographical order|lexicographically|lexicographical|in chronological order|chronologically|chronological|from old to young|from oldest to youngest|from youngest to oldest|from young to old|ordered in|sorted in|order of|in ascending alphabetical order|in descending alphabetical order|by alphabetical order|from a to z',
  ),
  order(
    'asc',
    'in ascending order|in ascending order of|in ascending order by|ascending order|ascending|asc|in increasing order|increasing|from low to high|from lowest to highest|from the lowest to the highest|from smallest to largest|from least to most|from oldest to newest|from earliest to latest|from shortest to longest|lowest first|smallest first|fewest first|least first|cheapest first|least expensive first|fastest first|quickest first|shortest first|lightest first|worst first|oldest first|earliest first|lowest to highest|ascendingly',
  ),
  [
    'comparison',
    { kind: 'match' },
    'letter|letters|first letter|first letters|first character|last letter|last letters|last character|initial letter|final letter|word|words|substring|string|in part of|the word|prefix|suffix|character|characters|containing the word|contains the word|contain the word|start with|starts with|starting with|begin with|begins with|beginning with|end with|ends with|ending with|ending in|ends in|containing the letter|contain the letter|contains the letter|the letter|like|includes the text|includes the word|the text|phrase',
  ],
  ['relation', { kind: 'relation' }, havingVerbs.join('|')],
  [
    'relation',
    { kind: 'relation' },
    'with|along with|together with|as well as|and also|including|have|has|had|having|whose|by|that have|based on|according to|in terms of|measured by|associated|related|amount of|amounts of|value of|values of|level of|quantity of|belong|belongs|belonging|belonged',
  ],
]

interface Entry {
  readonly words: readonly string[]
  readonly role: LedgerRole
  readonly need: Need
}

const byFirst: ReadonlyMap<string, readonly Entry[]> = Map.groupBy(
  rows
    .flatMap(([role, need, phrases]) =>
      phrases.split('|').map((phrase): Entry => ({ words: phrase.split(' '), role, need })),
    )
    .toSorted((a, b) => b.words.length - a.words.length),
  ({ words }) => words[0] ?? '',
)

/** The longest phrase that begins at a token, or null. */
export const phraseAt = (tokens: readonly Token[], at: number): Entry | null =>
  byFirst
    .get(tokens[at]?.lower ?? '')
    ?.find(({ words }) =>
      words.every((word, i) => tokens[at + i]?.lower === word && tokens[at + i]?.kind !== 'quoted'),
    ) ?? null
