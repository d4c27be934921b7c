import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { run } from '../support/cli-run.ts'

let folder: string
let floe: Floe

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-evaluation-'))
  floe = compose(readConfig({ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'silent' }))
  const shop = join(folder, 'dbs', 'shop')
  mkdirSync(shop, { recursive: true })
  writeFileSync(
    join(shop, 'employees.csv'),
    'employee_id,full_name,unit,salary,hired\n1,Ann,10,100,2000-03-01\n2,Bob,10,200,2001-04-01\n3,Cid,20,300,2001-06-01\n4,Dot,20,400,2002-01-01\n',
  )
  writeFileSync(join(shop, 'branches.csv'), 'code,city\n10,Bonn\n20,Oslo\n')
})
afterAll(async () => {
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, lines: readonly object[]): string => {
  const file = join(folder, name)
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  return file
}

interface Printed {
  readonly id?: string
  readonly verdict?: string
  readonly sql?: string | null
  readonly note?: string | null
  readonly summary?: Record<string, unknown>
}

/** Runs `floe eval --json` over lines about the folder `shop`. */
async function evaluate(lines: readonly object[], ...options: readonly string[]) {
  const file = write(
    'lines.jsonl',
    lines.map((line) => ({ db: 'shop', ...line })),
  )
  const argv = ['eval', file, '--data', join(folder, 'dbs'), '--json', ...options]
  // The command closes its services; these serve all tests.
  const services = { ...floe.services, close: () => Promise.resolve() }
  const { code, out, err } = await run(argv, { services, caller: floe.callerAt('cli') })
  const printed = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Printed]))
  return { code, err, turns: printed.filter(({ id }) => id !== undefined), summary: printed.at(-1)?.summary ?? {} }
}

const rows = (...given: readonly (readonly unknown[])[]) => [{ rows: given }]

describe('floe eval', () => {
  test('gives a verdict a line and a summary; 5 when a question did not come out right', async () => {
    const { code, turns, summary } = await evaluate([
      { id: 'a', question: 'How many employees are there?', gold_results: rows([4]), hardness: 'easy' },
      { id: 'b', question: 'How many employees are there?', gold_results: rows([5]), hardness: 'easy' },
      { id: 'c', question: 'names of employees', gold_results: rows(['Ann'], ['Bob'], ['Cid'], ['Dot']) },
      { id: 'd', question: 'employee names and salaries', gold_results: rows([100], [200], [300], [400]) },
      { id: 'e', question: 'How many employees are there?', gold_results: rows([1], [2]) },
      { id: 'f', question: 'How many unicorns are there?', gold_results: rows([0]) },
      { id: 'g', question: 'What is the shoe size of each employee?', unanswerable: true },
      { id: 'h', question: 'How many employees are there?', unanswerable: true },
      {
        id: 'i',
        question: 'How many employees are there?',
        gold_results: [{ rows: [[9]] }, { rows: [[4]], alt: 'fair' }],
      },
      { id: 'j', question: 'employees with a salary over 9000', gold_results: rows() },
      {
        id: 'k',
        question: 'names of employees ordered by salary descending',
        ordered: true,
        gold_results: rows(['Ann'], ['Bob'], ['Cid'], ['Dot']),
      },
    ])
    expect(turns.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['a', 'right'],
      ['b', 'different'],
      ['c', 'right'],
      ['d', 'right_extra_columns'],
      ['e', 'shape'],
      ['f', 'declined'],
      ['g', 'declined'],
      ['h', 'different'],
      ['i', 'right_alt'],
      ['j', 'no_evidence'],
      ['k', 'other_order'],
    ])
    expect(summary).toMatchObject({
      questions: 11,
      answerable: { questions: 8, answered: 7, right: 4, accuracy: 0.5, precision: 0.5714, coverage: 0.875 },
      unanswerable: { questions: 2, declined: 1 },
      groups: { easy: { questions: 2, answered: 2, right: 1 } },
      regressions: ['b', 'e', 'f', 'h', 'k'],
    })
    expect(code).toBe(5)
  })

  test('0 when all came out right; nothing is stored', async () => {
    const { code, turns } = await evaluate([
      { id: 'a', question: 'How many employees are there?', sql: 'SELECT COUNT(*) FROM employees' },
      { id: 'b', question: 'What is the shoe size of each employee?', unanswerable: true },
    ])
    expect([code, turns.map(({ verdict }) => verdict)]).toEqual([0, ['right', 'declined']])
    expect(await floe.services.history.list(floe.callerAt('cli'), 10)).toEqual([])
  })

  test('verified SQL takes the governed path: what writes is refused', async () => {
    const { turns } = await evaluate([
      { id: 'a', question: 'How many employees are there?', sql: 'DELETE FROM employees' },
      { id: 'b', question: 'How many employees are there?', sql: 'SELECT COUNT(*) FROM nowhere' },
    ])
    expect(turns.map(({ verdict, note }) => [verdict, note?.startsWith('The verified SQL failed: ')])).toEqual([
      ['error', true],
      ['error', true],
    ])
  })

  test('a dialogue runs in one conversation, a verdict a turn', async () => {
    const dialogue = {
      id: 'talk',
      turns: [
        { question: 'How many employees are there by unit?', gold_results: rows([10, 2], [20, 2]) },
        { question: 'and only with a salary over 250?', gold_results: rows([20, 2]) },
      ],
    }
    const alone = { id: 'alone', question: 'and only with a salary over 250?', gold_results: rows([20, 2]) }
    const { turns } = await evaluate([dialogue, alone])
    expect(turns.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['talk/1', 'right'],
      ['talk/2', 'right'],
      ['alone', expect.not.stringMatching('right')],
    ])
  })

  test('--no-samples hides values: nothing tells which column holds one', async () => {
    const line = { id: 'a', question: 'How many branches are in Oslo?', gold_results: rows([1]) }
    const { turns: known } = await evaluate([line])
    const { turns: hidden } = await evaluate([line], '--no-samples')
    expect(known[0]?.sql).toContain("'Oslo'")
    expect(hidden[0]?.sql ?? '').not.toContain("= 'Oslo'")
  })

  test('--schemas adds keys that names do not show', async () => {
    const line = {
      id: 'a',
      question: 'total salary of employees by city',
      gold_results: rows(['Bonn', 300], ['Oslo', 700]),
    }
    const columns = ['employee_id', 'full_name', 'unit', 'salary'].map((name) => ({ name }))
    const schemas = write('schemas.jsonl', [
      {
        db: 'shop',
        tables: [
          {
            name: 'employees',
            columns,
            primary_key: ['employee_id'],
            foreign_keys: [{ column: 'unit', ref_table: 'branches', ref_column: 'code' }],
          },
          { name: 'branches', columns: [{ name: 'code' }, { name: 'city' }], primary_key: ['code'] },
        ],
      },
    ])
    const [plain, described] = [await evaluate([line]), await evaluate([line], '--schemas', schemas)]
    expect([plain.turns[0]?.verdict, described.turns[0]?.verdict]).toEqual(['declined', 'right'])
  })

  test('today is the day that a line names', async () => {
    const question = 'How many employees were hired last year?'
    const { turns } = await evaluate([
      { id: 'a', question, today: '2002-05-05', gold_results: rows([2]) },
      { id: 'b', question, gold_results: rows([2]) },
    ])
    expect(turns.map(({ verdict }) => verdict)).toEqual(['right', 'different'])
  })

  test('without --json a line a question and a summary in words', async () => {
    const file = write('lines.jsonl', [
      { id: 7, db: 'shop', question: 'How many employees are there?', gold_results: rows([4]) },
    ])
    const services = { ...floe.services, close: () => Promise.resolve() }
    const caller = floe.callerAt('cli')
    const { code, out } = await run(['eval', file, '--data', join(folder, 'dbs')], { services, caller })
    expect([code, out]).toEqual([
      0,
      'right               7  How many employees are there?\n\n1 question: 1 right (100.0 %), 1 answered (100.0 %), 100.0 % of those right. 0 did not come out right.\n',
    ])
  })

  test.each([
    ['a file that is not there', ['eval', '/nowhere.jsonl'], 'cannot be read'],
    ['--data with --connection', ['eval', 'x', '--data', 'd', '--connection', 'sample'], 'cannot be used with'],
  ])('%s is wrong usage', async (_, argv, words) => {
    const { code, err } = await run(argv)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
  })

  test('a line that does not fit is named', async () => {
    const { code, err } = await evaluate([{ id: 'a' }])
    expect([code, err]).toEqual([2, expect.stringContaining('Line 1')])
  })
})
