import type { WriteRequest } from '../ports/writer.ts'
import type { Interpret } from './interpret.ts'

const openings =
  /^(?:and|but|now|then|ok(?:ay)?|so|also|same|only|just|what about|how about|and what about|instead|the same|again)\b[\s,]*/i
const period =
  /\b(?:in|during|for|since|before|after|until)\s+(?:the\s+)?(?:(?:q[1-4]|january|february|march|april|may|june|july|august|september|october|november|december)\s+(?:of\s+)?)?(?:year\s+)?[12]\d{3}\b/i
const grouping =
  /\b(?:by|per|for each|grouped by)\s+[\w ]+?(?=\s+(?:in|during|since|before|after|for|where|with)\b|[?.!]|$)/i

/**
 * The full question behind a short one such as "and by month?" or "only for Germany": the question before, with the change made.
 * Gives the question as it is when it can be read alone or when no change makes sense.
 */
export function resolveFollowUp(request: WriteRequest, interpret: Interpret): string {
  const { question, history } = request
  const before = history.at(-1)?.question
  if (before === undefined || !looksShort(question)) return question
  if (!openings.test(question.trim()) && interpret(request).kind === 'query') return question
  const change = question
    .trim()
    .replace(openings, '')
    .replace(openings, '')
    .replace(/[?.!\s]+$/, '')
  const merged = changesOf(before.trim().replace(/[?.!\s]+$/, ''), change).find(
    (text) => interpret({ ...request, question: text }).kind === 'query',
  )
  return merged ?? question
}

const looksShort = (question: string): boolean =>
  openings.test(question.trim()) || question.trim().split(/\s+/).length <= 4

/** Ways to make one question of two, the likeliest first. */
function changesOf(before: string, change: string): readonly string[] {
  const asPeriod = period.exec(/^[12]\d{3}$/.test(change) ? `in ${change}` : change)?.[0]
  const asGroup = /^(?:by|per|for each|grouped by)\b/i.test(change) ? change : null
  const texts: string[] = []
  if (asPeriod !== undefined && period.test(before)) texts.push(before.replace(period, asPeriod))
  if (asGroup !== null && grouping.test(before)) texts.push(before.replace(grouping, asGroup))
  const joined = asPeriod === undefined ? change : change.replace(/^[12]\d{3}$/, (year) => `in ${year}`)
  texts.push(`${before} ${joined}`, `${before} in ${change}`, `${before} for ${change}`)
  return texts.map((text) => `${text}?`)
}
