import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataLines, hasSharedData, sharedLines } from '../../../test/support/shared-data.ts'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { makeAnalyzer } from '../../core/guard/analyze-query.ts'
import { makeTextReaders, type TextReaders } from '../../core/guard/text-readers.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { refusalCodes } from '../../core/guard/verdict.ts'
import { loadParsers } from './parsers.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'

interface Case {
  readonly id: string
  readonly sql: string
  readonly reason: string
}
interface Attack extends Case {
  /** The code that the refusal must have. */
  readonly code: string
}

const attacks = dataLines('readonly_reject.jsonl') as readonly Attack[]
const accepted = dataLines('readonly_accept.jsonl') as readonly Case[]
const isMetadata = ({ reason }: Case) => reason.startsWith('metadata')

/** Cases by the kind that their reason begins with, so that one test covers a kind and names the cases that fail. */
function byKind<One extends Case>(cases: readonly One[]): readonly (readonly [string, readonly One[]])[] {
  const kinds = new Map<string, One[]>()
  for (const one of cases) {
    const kind = one.reason.split(':')[0] ?? ''
    kinds.set(kind, [...(kinds.get(kind) ?? []), one])
  }
  return [...kinds]
}

const parsers = makeWorkerSqlParsers({ timeoutMs: 5000 })
const guard = makeGuard({ parsers })
const asWritten = { catalog: null, policy: strictPolicy }
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

describe('[only-reads] statements that are more than one plain query are refused with the code of their kind', () => {
  test.each(byKind(attacks))('%s', async (_, cases) => {
    const verdicts = await Promise.all(
      cases.map(async ({ id, sql, code }) => {
        const verdict = await guard.guardSql(sql, asWritten)
        return { id, sql, code, got: verdict.ok ? 'accepted' : verdict.code }
      }),
    )
    expect(verdicts.filter(({ code, got }) => got !== code)).toEqual([])
  })

  test('the corpus names known codes and holds each text once', () => {
    expect(attacks.filter(({ code }) => !(refusalCodes as readonly string[]).includes(code))).toEqual([])
    const texts = [...attacks, ...accepted].map(({ sql }) => sql)
    expect(texts.filter((sql, index) => texts.indexOf(sql) !== index)).toEqual([])
  })
})

describe('statements that only read are accepted, and accepted again with a row limit', () => {
  test.each(byKind(accepted.filter((one) => !isMetadata(one))))('%s', async (_, cases) => {
    const failed: unknown[] = []
    for (const { id, sql } of cases) {
      const verdict = await guard.guardSql(sql, asWritten)
      if (!verdict.ok) failed.push({ id, sql, code: verdict.code, reason: verdict.reason })
      else {
        const capped = await guard.guardSql(await guard.capRows(verdict.sql, 100, asWritten), asWritten)
        if (!capped.ok) failed.push({ id, sql, capped: capped.reason })
        else expect(capped.tables).toEqual(verdict.tables)
      }
    }
    expect(failed).toEqual([])
  })

  test('commands that describe the warehouse have a code of their own', async () => {
    const verdicts = await Promise.all(accepted.filter(isMetadata).map(({ sql }) => guard.guardSql(sql, asWritten)))
    expect(verdicts.length).toBeGreaterThan(0)
    for (const verdict of verdicts) expect(verdict).toMatchObject({ ok: false, code: 'metadata_command' })
  })
})

const because = hasSharedData ? '' : ' (skipped: ../shared/data is absent)'
test.skipIf(!hasSharedData)(`[open-data] published Snowflake queries are accepted${because}`, async () => {
  const refused: unknown[] = []
  for (const { id, sql } of sharedLines('spider2snow_gold_dev.jsonl') as readonly Case[]) {
    const verdict = await guard.guardSql(sql, asWritten)
    if (!verdict.ok) refused.push({ id, code: verdict.code, reason: verdict.reason })
  }
  expect(refused).toEqual([])
})

describe('[only-reads] each parser stops attacks that the other lets pass', () => {
  let readers: TextReaders
  beforeAll(async () => {
    readers = makeTextReaders(await loadParsers())
  })

  /** The attacks that pass with these readers. */
  function passed(blinded: TextReaders): readonly string[] {
    const analyze = makeAnalyzer(blinded)
    return attacks.filter(({ sql }) => analyze(sql, { policy: strictPolicy, index: null }).ok).map(({ id }) => id)
  }

  test('polyglot at least 20', () => {
    const withoutPolyglot: TextReaders = {
      ...readers,
      polyglot(sql, tokens) {
        const reading = readers.sqlparser(sql, tokens)
        return 'code' in reading ? reading : { ...reading, facts: { ...reading.facts, faults: [], forms: new Map() } }
      },
    }
    expect(passed(withoutPolyglot).length).toBeGreaterThanOrEqual(20)
  })

  test('sqlparser at least 20', () => {
    const withoutSqlparser: TextReaders = {
      ...readers,
      sqlparser(sql, tokens) {
        const reading = readers.polyglot(sql, tokens)
        if ('code' in reading) return reading
        const forms = new Map([...reading.facts.forms.values()].flat().map((name) => [name, [name]]))
        return { ...reading, statement: null, facts: { ...reading.facts, faults: [], forms } }
      },
    }
    expect(passed(withoutSqlparser).length).toBeGreaterThanOrEqual(20)
  })

  test('and none passes both', () => {
    expect(passed(readers)).toEqual([])
  })
})
