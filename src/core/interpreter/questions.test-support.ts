import { afterAll, beforeAll, expect } from 'vitest'
import { makeTableFinder } from '../retrieval/find-tables.ts'
import type { WriterOutcome, WriteRequest } from '../ports/writer.ts'
import type { TestDatabase } from './database.test-support.ts'
import { makeOfflineWriter } from './offline-writer.ts'

/** A question and DuckDB's own SQL for its answer. `ordered` where the question asks for an order. */
export type Case = readonly [question: string, sql: string, order?: 'ordered']

const writer = makeOfflineWriter()
const findTables = makeTableFinder()

/** Asks the offline writer. */
export async function ask(
  question: string,
  { catalog }: Pick<TestDatabase, 'catalog'>,
  more: Partial<Pick<WriteRequest, 'history' | 'failures' | 'today' | 'pinned'>> = {},
): Promise<WriterOutcome> {
  const tables = findTables(question, catalog, { limit: 20 })
  const request = {
    question,
    catalog,
    tables,
    history: [],
    failures: [],
    showSamples: true,
    today: '2025-06-30',
    ...more,
  }
  const deltas = writer.write(request, { signal: new AbortController().signal })
  for (;;) {
    const step = await deltas.next()
    if (step.done === true) return step.value
  }
}

/** Runs what the writer wrote and compares it, row by row and column by column, with what the case's own SQL gives. */
export async function expectRows(
  database: TestDatabase,
  [question, sql, order]: Case,
  more: Parameters<typeof ask>[2] = {},
): Promise<void> {
  const outcome = await ask(question, database, more)
  expect(outcome, question).toMatchObject({ kind: 'query' })
  if (outcome.kind !== 'query') return
  const [rows, wanted] = await Promise.all([database.rows(outcome.sql), database.rows(sql)])
  const comparable = (list: readonly (readonly unknown[])[]): readonly string[] => {
    const lines = list.map((row) => row.map(plain).join(' | '))
    return order === 'ordered' ? lines : lines.sort()
  }
  expect(comparable(rows), outcome.sql).toEqual(comparable(wanted))
  expect(wanted.length, 'a case must have rows').toBeGreaterThan(0)
}

function plain(cell: unknown): string {
  const text = String(cell).replace(/ 00:00:00$/, '')
  return /^-?\d+(?:\.\d+)?$/.test(text) ? String(Math.round(Number(text) * 1e4) / 1e4) : text
}

/** Opens databases around the tests of a file and finds them by name. */
export function openAround(
  open: Readonly<Record<string, () => Promise<TestDatabase>>>,
): (name: string) => TestDatabase {
  const opened = new Map<string, TestDatabase>()
  beforeAll(async () => {
    for (const [name, openOne] of Object.entries(open)) opened.set(name, await openOne())
  })
  afterAll(() => {
    for (const database of opened.values()) database.close()
  })
  return (name) => {
    const database = opened.get(name)
    if (database === undefined) throw new Error(`There is no database "${name}".`)
    return database
  }
}
