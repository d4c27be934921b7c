import { afterEach, describe, expect, test } from 'vitest'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import type { WriterOutcome, WriteRequest } from '../../core/ports/writer.ts'
import { makeWorkerInterpreter, type WorkerInterpreter } from './worker-interpreter.ts'

const open: WorkerInterpreter[] = []
const openInterpreter = (timeoutMs = 30_000, askedBy: () => string | null = () => null): WorkerInterpreter => {
  const interpreter = makeWorkerInterpreter({ timeoutMs, askedBy })
  open.push(interpreter)
  return interpreter
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((interpreter) => interpreter.close()))
})

const column = (name: string, type: string) => ({
  name,
  type,
  nullable: true,
  comment: null,
  samples: [],
  samplesComplete: false,
})
const table = (name: string, columns: CatalogTable['columns']): CatalogTable => ({
  database: 'SHOP',
  schema: 'PUBLIC',
  name,
  kind: 'table',
  comment: null,
  columns,
  primaryKey: [],
  foreignKeys: [],
  rowCount: 100,
})
const catalogOf = (tables: readonly CatalogTable[]): Catalog => ({
  tables,
  defaultDatabase: 'SHOP',
  defaultSchema: 'PUBLIC',
})
const shop = (): Catalog =>
  catalogOf([
    table('CUSTOMERS', [column('CUSTOMER_ID', 'NUMBER(38,0)'), column('CITY', 'VARCHAR')]),
    table('ORDERS', [column('ORDER_ID', 'NUMBER(38,0)'), column('PRICE', 'NUMBER(12,2)'), column('SOLD_AT', 'DATE')]),
  ])
/** More than one part's worth of tables. */
const wide = (): Catalog =>
  catalogOf([
    ...Array.from({ length: 400 }, (_, n) =>
      table(
        `T_${n}`,
        Array.from({ length: 40 }, (_, c) => column(`C_${c}`, 'VARCHAR')),
      ),
    ),
    ...shop().tables,
  ])

const never = new AbortController().signal
const asked = (catalog: Catalog, question: string): WriteRequest => ({
  question,
  catalog,
  tables: catalog.tables,
  history: [],
  failures: [],
  showSamples: true,
  today: '2025-06-30',
})

async function write(interpreter: WorkerInterpreter, request: WriteRequest, signal = never) {
  const pieces: string[] = []
  const writing = interpreter.writer.write(request, { signal })
  for (;;) {
    const step = await writing.next()
    if (step.done === true) return { pieces, outcome: step.value satisfies WriterOutcome }
    pieces.push(step.value.sql)
  }
}

describe('reads questions in its worker', () => {
  test('a question becomes SQL, given as a piece and as the outcome', async () => {
    const { pieces, outcome } = await write(openInterpreter(), asked(shop(), 'How many customers are there?'))
    expect(outcome).toMatchObject({ kind: 'query', sql: expect.stringContaining('COUNT(*)') as unknown })
    expect(pieces).toEqual(outcome.kind === 'query' ? [outcome.sql] : [])
  })

  test('a question it cannot read is declined with questions it can', async () => {
    const { outcome } = await write(openInterpreter(), asked(shop(), 'How many unicorns are there?'))
    expect(outcome).toMatchObject({ kind: 'declined', reason: expect.stringContaining('unicorns') as unknown })
  })

  test.each([
    ['a small catalog', shop],
    ['a catalog of many parts', wide],
  ])('finds the very tables of %s', async (_, makeCatalog) => {
    const catalog = makeCatalog()
    const found = await openInterpreter().findTables('price of orders', catalog, { limit: 1, signal: never })
    expect(found).toEqual([catalog.tables.find(({ name }) => name === 'ORDERS')])
    expect(found[0]).toBe(catalog.tables.find(({ name }) => name === 'ORDERS'))
  })

  test('suggests questions and follow-ups', async () => {
    const interpreter = openInterpreter()
    const catalog = shop()
    const [first = ''] = await interpreter.suggestQuestions(catalog, never)
    expect(first).not.toBe('')
    const followUps = await interpreter.suggestFollowUps({ question: first, catalog, today: '2025-06-30' }, never)
    expect(followUps).not.toContain(first)
    expect(followUps.length).toBeGreaterThan(0)
  })

  test('tells how a table joins others and what can be asked of it', async () => {
    const [customers, orders] = [
      table('CUSTOMERS', [column('CUSTOMER_ID', 'NUMBER(38,0)'), column('CITY', 'VARCHAR')]),
      table('ORDERS', [column('ORDER_ID', 'NUMBER(38,0)'), column('CUSTOMER_ID', 'NUMBER(38,0)')]),
    ]
    const interpreter = openInterpreter()
    const outlook = await interpreter.outlookOf(catalogOf([customers, orders]), customers, never)
    expect(outlook?.joins).toEqual([
      { table: orders, columns: ['CUSTOMER_ID'], otherColumns: ['CUSTOMER_ID'], isToOne: false, isDeclared: false },
    ])
    expect(outlook?.questions).toContain('How many customers are there?')
    expect(await interpreter.outlookOf(catalogOf([customers]), orders, never)).toBeNull()
  })

  test('answers many at once, each its own', async () => {
    const interpreter = openInterpreter()
    const catalogs = [shop(), wide()]
    const questions = ['customers', 'orders'].flatMap((word) => catalogs.map((catalog) => [word, catalog] as const))
    const found = await Promise.all(
      questions.map(([word, catalog]) => interpreter.findTables(word, catalog, { limit: 1, signal: never })),
    )
    expect(found.map(([one]) => one?.name)).toEqual(questions.map(([word]) => word.toUpperCase()))
  })
})

describe('gives up', () => {
  const noTime = 1

  test('what takes too long, with a problem that says so; suggestions are then none', async () => {
    const interpreter = openInterpreter(noTime)
    const catalog = wide()
    await expect(interpreter.findTables('orders', catalog, { limit: 1, signal: never })).rejects.toMatchObject({
      problem: { code: 'too_busy' },
    })
    expect(await interpreter.suggestQuestions(catalog, never)).toEqual([])
  })

  test('when nobody wants the answer any more', async () => {
    const interpreter = openInterpreter()
    const stop = new AbortController()
    const wanted = interpreter.findTables('orders', shop(), { limit: 1, signal: never })
    const unwanted = interpreter.findTables('orders', wide(), { limit: 1, signal: stop.signal })
    stop.abort(new Error('gone'))
    await expect(unwanted).rejects.toThrow('gone')
    expect(await wanted).toHaveLength(1)
  })
})

test('people take turns: one question of somebody is read before the many of another are', async () => {
  let person = 'many'
  const interpreter = openInterpreter(30_000, () => person)
  const catalog = shop()
  const { signal } = new AbortController()
  await interpreter.suggestQuestions(catalog, signal)
  const read: string[] = []
  const ask = async (name: string): Promise<void> => {
    person = name
    await interpreter.suggestQuestions(catalog, signal)
    read.push(name)
  }
  await Promise.all(['many', 'many', 'many', 'many', 'one'].map(ask))
  expect(read).toEqual(['many', 'one', 'many', 'many', 'many'])
})

test('the event loop goes on while a large catalog is read', async () => {
  const interpreter = openInterpreter()
  const catalog = wide()
  await interpreter.findTables('warm', shop(), { limit: 1, signal: never })
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 1)
  await interpreter.findTables('price of orders', catalog, { limit: 5, signal: never })
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(20)
})
