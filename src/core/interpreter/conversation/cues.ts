import type { TimeUnit } from '../../language/calendar.ts'
import { readNumber } from '../../language/number-words.ts'
import { tokenise } from '../../language/tokenise.ts'

/** How the words of a question tie it to the question it follows. */
export interface Cues {
  /** The question without its cues; pronouns are replaced by the rows they stand for. */
  readonly rest: string
  /** It speaks of the rows of the result before: "their", "those", "which of them". */
  readonly refers: boolean
  /** It asks for one value for each of those rows. */
  readonly each: boolean
  /** Only the number of those rows is asked for. */
  readonly counts: boolean
  /** Only the rows themselves are asked for: "who are they?" */
  readonly lists: boolean
  /** The rows that the result before left out: "the others". */
  readonly complement: boolean
  /** It adds to what is shown: "also", "too". */
  readonly adds: boolean
  /** It begins with "only" or "just". */
  readonly narrows: boolean
  /** It puts something else in place: "what about …", "the same for …". */
  readonly swaps: boolean
  /** It corrects the question before: "no, by ship date". */
  readonly corrects: boolean
  /** It begins with "and", "now" or a similar word. */
  readonly joins: boolean
  /** It speaks of the period of the question before: "that year". */
  readonly samePeriod: boolean
  /** It moves that period: "the year before". */
  readonly shift: { readonly unit: TimeUnit; readonly by: 1 | -1 } | null
  /** The condition that it takes away: "for all years", "without the filter on status". */
  readonly drops: string | null
  /** A number of rows without any other word: "limit it to one". */
  readonly limit: number | null
  /** The position in `rest` where a noun begins that names the rows meant: "that *car*"; null without one. */
  readonly namedAt: number | null
}

const courtesy =
  /^(?:hi|hello|hey|hi there|thanks(?: a lot| so much)?|thank you(?: very much| so much)?|ok|okay|great|nice|good|perfect|cool|awesome|hmm+|well|sure|alright|all right|right|yes|got it|i see|interesting)\b(?:[\s,.!:;–-]+)(?=\S)/i

/** Takes greetings, thanks and polite forms off the beginning and end of a question. */
export function stripCourtesy(question: string): string {
  let text = question.replaceAll('’', "'").replaceAll(/\s+/g, ' ').trim()
  for (let before = ''; before !== text;) [before, text] = [text, text.replace(courtesy, '')]
  const polite = text
    .replace(requests, '')
    .replace(/^whats\b/i, 'what is')
    .replace(/,?\s+(?:please|thanks|thank you)(?=[\s?.!]*$)/i, '')
    .replace(/^(?:please|kindly)\b,?\s*/i, '')
  return polite.trim() === '' ? text : polite
}

const requests =
  /^(?:(?:can|could|would|will) you\b(?: please| kindly)?|(?:i (?:want|would like|need)|i'd like)(?: to (?:know|see|have))?|let me (?:see|know|have)|(?:can|could|may) i (?:get|have|see)|to (?=find|get|show|list|count))\b,?\s*/i
/** Words that may stand before a pronoun that refers to the question before. */
const functionWordsOnly =
  /^(?:(?:what|which|who|whom|when|where|how|is|are|was|were|do|does|did|show|list|give|tell|find|get|return|display|include|add|count|me|us|the|a|all|names?|ids?|many|much|number|of|for|in|by|from|among|amongst|between|average|total|sum|maximum|minimum|only|just|different|distinct|can|could|you|and|also|to|with|out)\b[\s,]*)*$/i
const notNouns =
  /^(?:who|whom|that|which|with|without|whose|from|in|of|having|born|for|on|at|by|above|below|over|under|are|is|were|was|have|has|had|do|does|did|not|older|younger|more|less|after|before|where|came?|coming|\w{2,}ed)\b|^[\s,.?!]*$/i
const verbsAfterWhich =
  /^(?:has|have|had|is|are|was|were|do|does|did|don't|doesn't|didn't|comes?|came|gets?|own|owns|use|uses|refers?|corresponds?|\w{3,}ed)\b/i
const timeUnits = 'years?|months?|quarters?|weeks?|days?|periods?|time'
const resultWords = 'lists?|results?|entries|table|rows|records|output|answer'

const tidy = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s+([,.?!])/g, '$1')
    .replace(/^[\s,]+/, '')
    .replace(/[\s,?.!]+$/, '')

/** Text from which cues are taken one after the other. */
class Remaining {
  text: string
  constructor(text: string) {
    this.text = text
  }
  /** Whether the pattern is found; it is then replaced. */
  take(pattern: RegExp, by = ''): boolean {
    const found = pattern.test(this.text)
    if (found) this.text = tidy(this.text.replace(pattern, by))
    return found
  }
}

/** Reads the cues of a question. `entity` names the rows of the result before, in the plural. */
export function readCues(question: string, entity: string): Cues {
  const left = new Remaining(stripCourtesy(question))
  const joins = left.take(/^(?:(?:and|but|now|then|so|next(?! (?:year|quarter|month|week|day)))\b,?\s*)+/i)
  const corrects =
    left.take(
      /^(?:no|nope|sorry|wait|oops|actually)(?:[,.!]\s*|\s+(?=by\b|i\b|in\b|only\b|for\b))(?:i mean(?:t)?\b,?\s*)?/i,
    ) ||
    left.take(/^(?:i mean(?:t)?|rather|instead)\b,?\s*/i) ||
    left.take(/,?\s+(?:instead|rather)$/i)
  const swaps =
    left.take(/^(?:what about|how about|what of|what if(?: it is)?)\b\s*/i) ||
    left.take(/^(?:(?:give|show|tell|get)(?: me)? )?the (?:result|answer)s? (?:for|of)\b\s*/i) ||
    left.take(
      /^(?:(?:do|show)(?: me)? )?(?:the same|same)(?: (?:thing|question|query|list|numbers?))?\b,?\s*(?:but\s+)?(?=for|in|by|with|of|only|as)/i,
    )
  const instead = left.take(/^(.+?),? (?:instead of|rather than) .+$/i, '$1')
  left.take(requests)
  if (swaps || corrects || instead) left.take(/^(?:the )?(day|week|month|quarter|year)s?$/i, 'by $1')
  const adds = takeAddition(left)
  const counts = left.take(
    /^(?:how many(?: (?:are|is|were|was) (?:there|they|those|these|them|it))?(?: (?:in total|altogether|of them|of those|of these|in all))*|count (?:them|these|those|it))$/i,
  )
  const limit = takeLimit(left)
  const drops = takeDrop(left)
  const narrows = takeNarrowing(left)
  const shift = takeShift(left)
  const samePeriod = left.take(new RegExp(`\\b(?:in |for |during )?(?:that|the same|those) (?:${timeUnits})\\b`, 'i'))
  return {
    joins,
    corrects,
    swaps: swaps || instead,
    adds,
    counts,
    limit,
    drops,
    narrows,
    samePeriod,
    shift,
    ...takeReferences(left, entity),
  }
}

function takeAddition(left: Remaining): boolean {
  const found = [
    left.take(/^(?:also|additionally|in addition|plus)\b,?\s*/i),
    left.take(/,?\s+(?:as well|too|in addition|also)$/i),
    left.take(/^(show|list|give|provide|display|include|tell)( me)? also\b/i, '$1$2'),
    left.take(/^(?:add|include|append)\b/i, 'show'),
  ]
  left.take(new RegExp(`\\s+(?:in)?to (?:the|that|this) (?:${resultWords})$`, 'i'))
  return found.includes(true)
}

function takeLimit(left: Remaining): number | null {
  const found =
    /^(?:(?:only |just )?(?:limit|cut|restrict|reduce) (?:(?:it|them|this|that|these|those|the (?:list|results?|entries|rows)) )?(?:down )?to|only|just|show(?: me)?(?: only| just)?|return|give me) (?:only )?(?:the )?(?:(?:first|top) )?(\S+)(?: (?:rows?|results?|entries|records|ones?))?$/i.exec(
      left.text,
    )
  const number = found === null ? null : readNumber(tokenise(found[1] ?? ''), 0)
  if (number === null || number.value < 1 || number.value > 10_000 || /\btop\b/i.test(left.text)) return null
  // "Only 1995" is a year, "the first 2000 rows" are rows.
  const saysRows = /\b(?:first|rows?|results?|entries|records|ones?)\b/i.test(left.text)
  if (number.value >= 1900 && number.value < 2100 && !saysRows) return null
  left.text = ''
  return number.value
}

function takeDrop(left: Remaining): string | null {
  const found =
    /^(?:(?:without|drop|remove|ignore|leave out|leave off|forget|clear|take off|take away|regardless of|irrespective of) (?:the )?(?:filter|filters|restriction|restrictions|condition|conditions|limit)?(?: ?(?:on|for|to|by|of) )?(?:the )?|(?:for|over|across|in|of) all (?:the )?|all (?:the )?)(.*)$/i.exec(
      left.text,
    )
  return found === null ? null : (found[1] ?? '').trim()
}

/** "the previous month", "the year before": nothing else may be said. */
function takeShift(left: Remaining): Cues['shift'] {
  const found =
    /^(?:(?:in|for) )?(?:the )?(?:(previous|preceding|prior|next|following) (year|quarter|month|week|day)|(year|quarter|month|week|day) (before|after)(?: that)?)$/i.exec(
      left.text,
    )
  if (found === null) return null
  left.text = ''
  const [, early, unit, lateUnit, late] = found
  const by = /^(?:next|following|after)$/i.test(early ?? late ?? '') ? 1 : -1
  return { unit: (unit ?? lateUnit ?? 'year').toLowerCase() as TimeUnit, by }
}

function takeNarrowing(left: Remaining): boolean {
  const found = [
    left.take(/^(?:(?:show|give|list|display|return|get|keep)(?: me)? )?(?:only|just)\b\s*/i),
    left.take(
      new RegExp(
        `^(?:limit|restrict|filter|narrow)\\s+(?:it|them|this|that|these|those|(?:the )?(?:${resultWords}))?\\s*(?:down )?(?:to|by|on|for)\\s+(?:only )?(?:where |those |the ones )?`,
        'i',
      ),
    ),
    left.take(/\s+only$/i),
  ]
  return found.includes(true)
}

type References = Pick<Cues, 'rest' | 'refers' | 'each' | 'lists' | 'complement' | 'namedAt'>

function takeReferences(left: Remaining, entity: string): References {
  const complement = [
    left.take(/\s*(?:other than|except|besides|but not) (?:these|those|them)(?: ones)?$/i),
    left.take(/^((?:show|list|give|display|return|get)(?: me)?) (?:all )?(?:of )?the other(s| ones)?\b/i, '$1 the'),
    left.take(/^(?:and )?the (?:others|other ones)$/i),
  ].includes(true)
  const each = [
    left.take(/\b(?:for |of |in |per |by )?(?:each|every)(?: one)? of (?:them|those|these)\b,?/i),
    left.take(/\b(?:for|by|per) each(?: one)?$/i),
    left.take(/^for each(?: one)?,\s*/i),
    left.take(/\bthey each\b/i, 'they'),
  ].includes(true)
  left.take(/,?\s*\b(?:\w+(?:ed|en|de) )?by each$/i)
  const ofResult = [
    left.take(new RegExp(`\\s+(?:in|of|on|from) (?:that|this|these|those|the) (?:${resultWords})$`, 'i')),
    left.take(new RegExp(`^(sort|order|rank|arrange) (?:it|them|this|that|(?:the )?(?:${resultWords}))\\b`, 'i'), '$1'),
  ].includes(true)
  const stands = takePronouns(left, entity) || ofResult
  const named = takeDemonstrative(left)
  left.take(/\bin the ((?:a|de)scending|increasing|decreasing|reverse|alphabetical) order\b/i, 'in $1 order')
  const lists =
    stands &&
    left.take(
      new RegExp(
        `^(?:(?:who|what|which)(?: (?:are|is|was|were))? |(?:show|list|name)(?: me)? )?(?:the )?${entity}$`,
        'i',
      ),
    )
  return { rest: left.text, refers: stands || named !== null, each, lists, complement, namedAt: named }
}

/** Puts the entity where a pronoun stands for the rows before; drops possessives, whose nouns then belong to those rows. */
function takePronouns(left: Remaining, entity: string): boolean {
  const external = (pattern: RegExp, by: string): boolean => {
    const found = pattern.exec(left.text)
    if (found === null || !functionWordsOnly.test(left.text.slice(0, found.index))) return false
    return left.take(pattern, by)
  }
  const found = [
    external(/\b(?:his or her|his\/her|their|its|his|her)\b(?=\s+\p{L})/iu, ''),
    left.take(/\s+in (?:it|them)$/i),
    left.take(/^(?:of|among|amongst|from|for|in|out of) (?:all )?(?:them|those|these|this|that|it),\s*/i),
    left.take(
      /\b(of|among|amongst|from|for|between) (?:all )?(?:them|those|these)(?: ones)?\b(?=$|[\s,.?!]+(?:who|that|which|with|have|has|had|are|is|were|was|do|did|in|from|come|earn\w*|\w+ed)\b|[,.?!]|$)/i,
      `$1 ${entity}`,
    ),
    external(/\b(?:the |those |these )?ones?\b/i, entity),
    left.take(/\b(?:they|he|she|him|them)\b/i, entity),
    left.take(/\b(do|does|did|is|are|was|were|has|have) (?:it|this|that)(?= \p{L}|$)/iu, `$1 ${entity}`),
    external(/\bit\b/i, entity),
    left.take(/\b(?:corresponding|belonging|related) (?:to )?it$/i),
    takeBareThose(left, entity),
    left.take(/^how many (?=(?:have|has|had|are|were|did|do|come|came) )/i, `how many ${entity} `),
  ].includes(true)
  if (!found) return false
  left.take(
    new RegExp(`^(?:of|among|from|for|in|out of) (?:all )?${entity},?\\s+(?=which|who|what|how|show|list|give)`, 'i'),
  )
  const asked = /^(which|who)(?: of (?:the )?\S+)? (.*)$/i.exec(left.text)
  if (asked !== null && verbsAfterWhich.test(asked[2] ?? ''))
    left.text = `${asked[1] ?? ''} ${entity} ${asked[2] ?? ''}`
  left.take(new RegExp(`^(which|how many|who|what) of (?:the )?(?=${entity})`, 'i'), '$1 ')
  left.take(new RegExp(`(${entity}) (?:refer to|correspond to|are|is) ${entity}\\b`, 'i'), '$1')
  return true
}

/** "those who have …": a demonstrative without a noun. */
function takeBareThose(left: Remaining, entity: string): boolean {
  const found = /\b(?:those|these)\s+(.*)$/i.exec(`${left.text} `)
  return found !== null && notNouns.test(found[1] ?? '') && left.take(/\b(?:those|these)\b/i, entity)
}

/** "that car", "these three templates": where the noun begins after the demonstrative is taken out. */
function takeDemonstrative(left: Remaining): number | null {
  const found =
    /(?:^|\b(?:of|for|in|from|by|about|does|did|do|with|is|are|has|have|than|to|at|on|all|and|among)\s+)(?=((?:those|these|this|that|both(?=\s+\w+$))\s+(?:(?:same|distinct|different|\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+)*)\p{L})/iu.exec(
      left.text,
    )
  if (found === null) return null
  const [at, words] = [found.index + found[0].length, found[1] ?? '']
  if (new RegExp(`^(?:${timeUnits}|${resultWords})\\b`, 'i').test(left.text.slice(at + words.length))) return null
  left.text = left.text.slice(0, at) + left.text.slice(at + words.length)
  const leading = /^(?:of|among|from|for) (?:all )?([^,]+), (how many|which|who|what) (.*)$/i.exec(left.text)
  if (leading === null) return at
  const [, noun = '', question = '', more = ''] = leading
  left.text = `${question} ${verbsAfterWhich.test(more) ? `${noun} ` : ''}${more}`
  return question.length + 1
}
