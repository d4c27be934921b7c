import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { maxRowsLimit } from '../../contract/command.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import type { ResultFormat } from '../../contract/result-file.ts'
import type { Exporter } from '../ports/exporter.ts'
import { isKind, scriptTurns, type Script } from './scripted-ports.test-support.ts'

type ExportCall = Parameters<Exporter['export']>

/** A warehouse that writes files of so many rows, with what it was asked to write. */
function scriptExports(rowCount: number, script: Script = {}) {
  const exported: ExportCall[] = []
  const exporter: Exporter = {
    export: (...given) => {
      exported.push(given)
      return Promise.resolve({
        rowCount,
        bytes: 10 * rowCount,
        content: (async function* () {})(),
        saveAs: () => Promise.resolve(),
        read: () => Readable.from([]),
        discard: () => Promise.resolve(),
      })
    },
  }
  return { exported, ...scriptTurns({ ...script, exporter }) }
}

const fileOf = (format: ResultFormat, maxRows: number | null = null) => ({
  form: { format },
  maxRows,
  deliver: () => Promise.resolve(),
})
const limitedTo = (maxRows: number): Script => ({
  policy: { limits: { ...defaultConnectionPolicy.limits, maxRows } },
})

describe('a result as a file', () => {
  test.each<readonly [string, number, number | null, string]>([
    ['holds every row', maxRowsLimit, null, 'SELECT 1'],
    ['holds as many rows as were asked for', maxRowsLimit, 5, 'SELECT 1\nLIMIT 5'],
    ['holds no more than its connection allows', 3, null, 'SELECT 1\nLIMIT 3'],
    ['holds no more than its connection allows, whatever was asked for', 3, 5, 'SELECT 1\nLIMIT 3'],
    ['holds fewer rows where fewer were asked for than are allowed', 5, 3, 'SELECT 1\nLIMIT 3'],
  ])('%s', async (_, allowed, asked, sql) => {
    const { ask, exported, seen } = scriptExports(2, limitedTo(allowed))
    await (await ask({ sql: 'SELECT 1', maxRows: 1 }, { file: fileOf('csv', asked) })).rest()
    expect(exported).toEqual([
      [
        sql,
        {
          form: { format: 'csv' },
          maxRows: sql === 'SELECT 1' ? null : Number(/\d+$/.exec(sql)?.[0]),
          timeoutMs: 3_600_000,
          queryTimeoutMs: defaultConnectionPolicy.limits.queryTimeoutMs,
          asker: { turnId: expect.any(String) as unknown, userId: 'ada' },
          onQuery: expect.any(Function) as unknown,
          signal: expect.any(AbortSignal) as unknown,
        },
      ],
    ])
    // The text that is written is the one that was guarded and compiled.
    expect([seen.analyzed.at(-1), seen.compiled]).toEqual([sql, [sql]])
  })

  test('is not written where its connection does not allow it', async () => {
    const { ask, exported, seen } = scriptExports(2, { policy: { mayExport: false } })
    const events = await (await ask({ sql: 'SELECT 1' }, { file: fileOf('csv') })).rest()
    expect(events.find(isKind('turn.failed'))).toMatchObject({
      problem: { code: 'forbidden', message: 'Results of the sample may not be exported.' },
    })
    expect([exported, seen.compiled]).toEqual([[], []])
  })

  test.each([
    [5, 5, true],
    [4, 5, false],
    [5, null, false],
  ])('of %i rows where %o may be written is a part: %s', async (rowCount, maxRows, truncated) => {
    const { ask } = scriptExports(rowCount)
    const events = await (await ask({ sql: 'SELECT 1' }, { file: fileOf('csv', maxRows) })).rest()
    expect(events.find(isKind('result.done'))).toMatchObject({ rowCount, truncated })
  })

  test('needs an approval of its own: that of the rows, or of another format, does not hold', async () => {
    const digests: unknown[] = []
    for (const file of [undefined, fileOf('csv'), fileOf('parquet')]) {
      const { ask } = scriptExports(1)
      const turn = await ask({ sql: 'SELECT 1', autoRun: false }, file === undefined ? {} : { file })
      const proposed = await turn.until(isKind('query.proposed'))
      digests.push(proposed.kind === 'query.proposed' ? proposed.digest : '')
    }
    expect(new Set(digests).size).toBe(3)
  })

  test.each<readonly [string, number, string]>([
    ['that may read too much is refused', 1e12 + 1, 'turn.failed'],
    ['that may read much waits for a person', 60e9, 'query.proposed'],
  ])('%s', async (_, bytes, kind) => {
    const { ask, exported } = scriptExports(1, { estimate: { rows: null, bytes } })
    const turn = await ask({ sql: 'SELECT 1' }, { file: fileOf('csv') })
    const event = await turn.until((one) => one.kind === kind)
    expect([event.kind, exported]).toEqual([kind, []])
  })

  test.each(['thanks', 'What tables are there?'])(
    'is wanted of %j as well: nothing is told instead',
    async (question) => {
      const { ask, exported } = scriptExports(1)
      await (await ask({ question }, { file: fileOf('csv') })).rest()
      expect(exported).toHaveLength(1)
    },
  )
})
