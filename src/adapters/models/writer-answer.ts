import { z } from 'zod'
import { maxSqlLength } from '../../contract/command.ts'
import { ChartKind } from '../../contract/result.ts'
import type { WriterOutcome } from '../../core/ports/writer.ts'

/** What a model is asked to fill in; sent to it as JSON schema. Exactly one of `sql`, `clarification` and `declined` is not null. */
export const AskedAnswer = z.object({
  interpretation: z.string().describe('How you read the question, one sentence, in the language of the question.'),
  assumptions: z
    .array(z.string())
    .describe('What you decided that the question leaves open (period, filter, metric), one short sentence each.'),
  sql: z.string().nullable().describe('The one query in Snowflake SQL, or null.'),
  chart: z.nullable(ChartKind).describe('The chart that would suit the result best, or null.'),
  clarification: z
    .object({ question: z.string(), options: z.array(z.string()) })
    .nullable()
    .describe('A question back to the person with two to four answers to choose from, or null.'),
  declined: z
    .object({ reason: z.string(), suggestions: z.array(z.string()) })
    .nullable()
    .describe('Why these tables cannot answer it, and up to three questions they can answer; or null.'),
})

/** The same, parsed leniently: a missing optional field or an unknown chart is no reason to ask again. */
const ReadAnswer = AskedAnswer.extend({
  interpretation: z.string().catch(''),
  assumptions: z.array(z.string()).catch([]),
  sql: z.string().nullish(),
  chart: z.nullable(ChartKind).catch(null),
  clarification: AskedAnswer.shape.clarification.optional(),
  declined: AskedAnswer.shape.declined.optional(),
})

export type AnswerReading =
  | { readonly ok: true; readonly outcome: WriterOutcome }
  /** The fault, for the model when it is asked again. */
  | { readonly ok: false; readonly fault: string }

const longestSentence = 1_000
const mostSentences = 10

/** Reads a model's whole answer. */
export function readAnswer(text: string): AnswerReading {
  const parsed = parseJson(text)
  if (parsed === undefined) return { ok: false, fault: 'The answer was not one JSON object.' }
  const read = ReadAnswer.safeParse(parsed)
  if (!read.success) {
    const faults = read.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    return { ok: false, fault: `The answer did not have the fields that were asked for (${faults.join('; ')}).` }
  }
  return readOutcome(read.data)
}

function readOutcome(answer: z.infer<typeof ReadAnswer>): AnswerReading {
  const { interpretation, assumptions, sql, chart, clarification, declined } = answer
  if (sql !== undefined && sql !== null && sql.trim() !== '') {
    const fault = faultOfSql(sql)
    if (fault !== null) return { ok: false, fault }
    return {
      ok: true,
      outcome: {
        kind: 'query',
        sql,
        interpretation: sentence(interpretation),
        assumptions: sentences(assumptions),
        chart,
      },
    }
  }
  if (clarification && clarification.question.trim() !== '') {
    const options = sentences(clarification.options)
    return { ok: true, outcome: { kind: 'clarification', question: sentence(clarification.question), options } }
  }
  if (declined && declined.reason.trim() !== '') {
    const suggestions = sentences(declined.suggestions)
    return { ok: true, outcome: { kind: 'declined', reason: sentence(declined.reason), suggestions } }
  }
  return { ok: false, fault: 'The answer held neither a query nor a clarification nor a reason to decline.' }
}

function faultOfSql(sql: string): string | null {
  if (sql.length > maxSqlLength) return `The query was longer than ${maxSqlLength} characters.`
  return sql.includes('\0') ? 'The query contained a NUL character.' : null
}

/** One line of limited length: a model's words are shown as plain text, never as markup. */
const sentence = (text: string) =>
  text
    .slice(0, longestSentence)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()

const sentences = (texts: readonly string[]) =>
  texts
    .slice(0, mostSentences)
    .map(sentence)
    .filter((text) => text !== '')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Parses JSON text that may be incomplete: the AI SDK's `parsePartialJson`. */
type ParsePartialJson = (text: string) => Promise<{ readonly value?: unknown }>

/** Follows the `sql` field of an answer while the answer streams in. */
interface GrowingSql {
  /** Takes the next piece of the answer; returns the SQL that it added. */
  push(piece: string): Promise<string>
  /** Returns the remaining SQL once the answer is complete. */
  rest(): Promise<string>
}

export function makeGrowingSql(parsePartialJson: ParsePartialJson): GrowingSql {
  let text = ''
  let shown = ''
  let readAgainAt = 0

  const read = async (whole: boolean) => {
    const { value } = await parsePartialJson(text)
    const sql = sqlOf(value)
    // A trailing high surrogate is held back until its low surrogate has arrived.
    const ready = whole ? sql : sql.replace(/[\ud800-\udbff]$/, '')
    if (!ready.startsWith(shown)) return ''
    const grown = ready.slice(shown.length)
    shown = ready
    return grown
  }
  return {
    async push(piece) {
      text += piece
      if (text.length < readAgainAt) return ''
      // Each parse starts at the beginning: parsing less often as the text grows keeps the total linear.
      readAgainAt = text.length + Math.floor(text.length / 64)
      return read(false)
    },
    rest: () => read(true),
  }
}

const sqlOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'sql' in value && typeof value.sql === 'string' ? value.sql : ''
