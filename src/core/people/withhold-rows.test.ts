import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { TurnFact } from '../../contract/turn-event.ts'
import { withholdRows } from './withhold-rows.ts'

/**
 * Every kind of fact and every field of each, as its Zod schema names them: what somebody who may not see the rows sees. A new kind or field
 * fails here until it is decided. `shown`: as it is; `hidden`: nothing of it, or something that says nothing.
 */
const decided: Readonly<Record<string, 'shown' | 'hidden'>> = {
  'turn.started.conversationId': 'shown',
  'turn.started.question': 'shown',
  'turn.started.connection': 'shown',
  'turn.started.writer': 'shown',
  'turn.started.sql': 'hidden',
  'step.name': 'shown',
  'step.state': 'shown',
  'step.fact': 'hidden',
  'step.queryId': 'hidden',
  'clarification.question': 'hidden',
  'clarification.options[]': 'hidden',
  'sql.delta.text': 'hidden',
  'query.proposed.sql': 'shown',
  'query.proposed.digest': 'shown',
  'query.proposed.tables[].database': 'shown',
  'query.proposed.tables[].schema': 'shown',
  'query.proposed.tables[].name': 'shown',
  'query.proposed.interpretation': 'shown',
  'query.proposed.explanation': 'shown',
  'query.proposed.assumptions[]': 'shown',
  'query.proposed.inherited[].id': 'shown',
  'query.proposed.inherited[].text': 'shown',
  'query.proposed.ledger[].from': 'shown',
  'query.proposed.ledger[].to': 'shown',
  'query.proposed.ledger[].text': 'shown',
  'query.proposed.ledger[].role': 'shown',
  'query.proposed.ledger[].answeredBy': 'shown',
  'query.proposed.ledger[].answeredBy[].from': 'shown',
  'query.proposed.ledger[].answeredBy[].to': 'shown',
  'query.proposed.estimate.rows': 'hidden',
  'query.proposed.estimate.bytes': 'hidden',
  'query.proposed.estimate.partitions.assigned': 'hidden',
  'query.proposed.estimate.partitions.total': 'hidden',
  'query.proposed.estimate.tables[].table': 'hidden',
  'query.proposed.estimate.tables[].bytes': 'hidden',
  'query.proposed.estimate.tables[].tableBytes': 'hidden',
  'query.proposed.estimate.tables[].partitions.assigned': 'hidden',
  'query.proposed.estimate.tables[].partitions.total': 'hidden',
  'query.proposed.estimate.warnings[]': 'hidden',
  'query.proposed.heldBack': 'hidden',
  'query.proposed.edited': 'shown',
  'query.proposed.verified.by': 'shown',
  'query.proposed.verified.at': 'shown',
  'query.approved.digest': 'shown',
  'query.approved.by': 'shown',
  'query.approved.setting.maxBytes': 'hidden',
  'result.columns.columns[].name': 'hidden',
  'result.columns.columns[].type': 'hidden',
  'result.columns.columns[].kind': 'hidden',
  'result.columns.columns[].scale': 'hidden',
  'result.rows.rows[][]': 'hidden',
  'result.rows.removed': 'hidden',
  'result.done.rowCount': 'shown',
  'result.done.truncated': 'shown',
  'result.done.maxRows': 'hidden',
  'result.done.elapsedMs': 'shown',
  'result.done.bytes': 'hidden',
  'result.done.file': 'shown',
  'result.done.note': 'hidden',
  'answer.delta.text': 'hidden',
  'answer.delta.parts[].text': 'hidden',
  'answer.delta.parts[].value': 'hidden',
  'answer.delta.parts[].form': 'hidden',
  'answer.delta.parts[].role': 'hidden',
  'answer.delta.parts[].column': 'hidden',
  'answer.delta.parts[].digits[0]': 'hidden',
  'answer.delta.parts[].digits[1]': 'hidden',
  'answer.delta.parts[].unit': 'hidden',
  'chart.chart.kind': 'hidden',
  'chart.chart.allowed[]': 'hidden',
  'chart.chart.x': 'hidden',
  'chart.chart.y[]': 'hidden',
  'chart.chart.series': 'hidden',
  'chart.chart.labels[]': 'hidden',
  'chart.chart.other': 'hidden',
  'chart.chart.adds[]': 'hidden',
  'chart.chart.lowest': 'hidden',
  'chart.chart.panels': 'hidden',
  'chart.chart.unfinished[]': 'hidden',
  'chart.chart.title': 'hidden',
  'chart.chart.reason': 'hidden',
  'follow-ups.questions[]': 'hidden',
  'turn.failed.problem.code': 'shown',
  'turn.failed.problem.message': 'hidden',
  'turn.failed.problem.action': 'hidden',
  'turn.failed.problem.whoseTurn': 'shown',
  'turn.failed.problem.details[]': 'hidden',
  'turn.failed.problem.span.start': 'hidden',
  'turn.failed.problem.span.end': 'hidden',
  'turn.failed.problem.marks[].start': 'hidden',
  'turn.failed.problem.marks[].end': 'hidden',
  'turn.failed.problem.marks[].message': 'hidden',
  'turn.failed.saved': 'hidden',
  'turn.cancelled.reason': 'shown',
  'turn.cancelled.unreadMs': 'shown',
  'turn.cancelled.saved': 'hidden',
  'turn.done.saved': 'hidden',
}

/** A value of the schema in which each leaf is recognisable, taking one option of each union; notes the leaves by their paths. */
function sample(schema: unknown, path: string, option: number, leaves: Map<string, unknown>): unknown {
  const leaf = (value: unknown): unknown => {
    leaves.set(path, value)
    return value
  }
  if (schema instanceof z.ZodMiniOptional || schema instanceof z.ZodMiniNullable)
    return sample(schema.def.innerType, path, option, leaves)
  if (schema instanceof z.ZodMiniObject)
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, field]) => [name, sample(field, `${path}.${name}`, option, leaves)]),
    )
  if (schema instanceof z.ZodMiniArray) return [sample(schema.def.element, `${path}[]`, option, leaves)]
  if (schema instanceof z.ZodMiniTuple)
    return schema.def.items.map((item, index) => sample(item, `${path}[${index}]`, option, leaves))
  if (schema instanceof z.ZodMiniUnion)
    return sample(schema.def.options[option % schema.def.options.length], path, option, leaves)
  if (schema instanceof z.ZodMiniEnum) return leaf(schema.options.at(-1))
  if (schema instanceof z.ZodMiniLiteral) return leaf(schema.def.values[0])
  if (schema instanceof z.ZodMiniBoolean) return leaf(true)
  if (schema instanceof z.ZodMiniNull) return leaf(null)
  if (schema instanceof z.ZodMiniNumber) return leaf(700_000 + leaves.size)
  if (schema instanceof z.ZodMiniISODateTime) return leaf('2001-02-03T04:05:06.000Z')
  if (schema instanceof z.ZodMiniUUID) return leaf('99999999-9999-4999-8999-999999999999')
  if (schema instanceof z.ZodMiniString) return leaf(`the value of ${path}`)
  throw new Error(`The test does not know the schema at ${path}.`)
}

/** The leaves of a fact by their paths. */
function leavesOf(value: unknown, path: string, found = new Map<string, unknown>()): Map<string, unknown> {
  if (Array.isArray(value)) for (const item of value) leavesOf(item, `${path}[]`, found)
  else if (typeof value === 'object' && value !== null)
    for (const [name, field] of Object.entries(value)) leavesOf(field, `${path}.${name}`, found)
  else found.set(path, value)
  return found
}

/** As many as the largest union has options. */
const options = [0, 1, 2, 3]
const samples = TurnFact.def.options.flatMap((schema) =>
  options.map((option) => {
    const leaves = new Map<string, unknown>()
    const [kind] = schema.shape.kind.def.values
    if (kind === undefined) throw new Error('A kind of fact has no name.')
    const { kind: _kind, ...fields } = schema.shape
    const given = sample(z.object(fields), kind, option, leaves)
    return { kind, option, leaves, fact: TurnFact.parse({ kind, ...(given as object) }) }
  }),
)

describe('what is seen without the rows', () => {
  test('is decided for every kind and field', () => {
    const fields = new Set(samples.flatMap(({ leaves }) => [...leaves.keys()]))
    expect([...fields].toSorted()).toEqual(Object.keys(decided).toSorted())
  })

  test.each(samples)('of $kind ($option) is what the table says', ({ kind, leaves, fact }) => {
    const seen = withholdRows(fact)
    expect(seen?.kind ?? kind).toBe(kind)
    if (seen !== null) expect(TurnFact.parse(seen)).toEqual(seen)
    const after = leavesOf(seen, kind)
    for (const [path, value] of leaves) {
      expect([path, after.has(path) && after.get(path) === value ? 'shown' : 'hidden']).toEqual([path, decided[path]])
      if (decided[path] === 'hidden' && (typeof value === 'string' || typeof value === 'number'))
        expect(JSON.stringify(seen), path).not.toContain(JSON.stringify(value))
    }
  })

  test('of a kind of a later version is nothing', () => {
    expect(withholdRows({ kind: 'from the future', rows: [['secret']] } as unknown as TurnFact)).toBeNull()
  })
})
