// `npm run export:check`: has a server write the 24 values of test/support/exported-values.ts into every kind of file, and compares what other programs
// read there. Wants Python with pandas, openpyxl and duckdb (PYTHON, python3 otherwise), and LibreOffice Calc (SOFFICE, soffice otherwise).
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { serve } from '../bench/served.ts'
import { approvedTurn } from '../test/support/approved-turn.ts'
import { exportedValues } from '../test/support/exported-values.ts'
import { ensureBuilt, root } from './tree.mjs'

const python = process.env.PYTHON ?? 'python3'
const soffice = process.env.SOFFICE ?? 'soffice'
expectPrograms()
ensureBuilt()
const formats = ['csv', 'json', 'ndjson', 'parquet', 'xlsx']
const folder = mkdtempSync(join(tmpdir(), 'floe-exports-'))

/** Runs a program and returns what it printed; null where it cannot be run or fails. */
function tryRun(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0 && stderr) console.error(stderr.trim())
  return status === 0 ? stdout : null
}

function expectPrograms() {
  const missing = ['pandas', 'openpyxl', 'duckdb']
    .filter((name) => spawnSync(python, ['-c', `import ${name}`]).status !== 0)
    .map((name) => `${name} for ${python}: pip install ${name}`)
  if (spawnSync(soffice, ['--version']).status !== 0)
    missing.push(`LibreOffice Calc as ${soffice}: apt-get install --no-install-recommends libreoffice-calc`)
  if (missing.length === 0) return
  console.error(['Nothing was checked. Missing:', ...missing].join('\n  '))
  process.exit(1)
}

async function writeFiles() {
  mkdirSync(join(folder, 'files'))
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET TimeZone = 'UTC'")
  const columns = exportedValues.map(([, sql], at) => `${sql} AS V${at}`).join(', ')
  await connection.run(`COPY (SELECT ${columns}) TO '${join(folder, 'files', 'vals.parquet')}'`)
  connection.closeSync()
  // A folder of one Parquet file alone is none.
  writeFileSync(join(folder, 'files', 'other.csv'), 'id\n1\n')
  const server = await serve(join(folder, 'data'), { env: { SAMPLE_SCALE: '0.001' } })
  try {
    const ask = { sql: 'SELECT * FROM VALS', connection: `folder:${join(folder, 'files')}` }
    const { turnId } = await approvedTurn(server.url, ask)
    for (const format of formats) {
      const answer = await fetch(`${server.url}/api/v1/turns/${turnId}/export?format=${format}`)
      if (answer.status !== 200) throw new Error(await answer.text())
      writeFileSync(join(folder, `all.${format}`), Buffer.from(await answer.arrayBuffer()))
    }
  } finally {
    await server.stop()
  }
}

/** The cells of the first row that LibreOffice finds in a file, and whether it takes any for a formula. */
function openInOffice(file, filter) {
  const out = join(folder, `office-${file}`)
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`
  const read = ['--headless', profile, ...filter, '--convert-to', 'fods', '--outdir', out, join(folder, file)]
  if (tryRun(soffice, read) === null) throw new Error(`LibreOffice does not open ${file}.`)
  const xml = readFileSync(join(out, 'all.fods'), 'utf8')
  const [table = ''] = /<table:table [\s\S]*?<\/table:table>/.exec(xml) ?? []
  const row = table.match(/<table:table-row[\s\S]*?<\/table:table-row>/g)?.[1] ?? ''
  const cells = [...row.matchAll(/<table:table-cell([^>]*?)(?:\/>|>([\s\S]*?)<\/table:table-cell>)/g)].flatMap(
    ([, attributes, inner = '']) => {
      const times = Number(/number-columns-repeated="(\d+)"/.exec(attributes)?.[1] ?? 1)
      return Array.from({ length: Math.min(times, 100) }, () => cellOf(attributes, inner))
    },
  )
  return { cells: exportedValues.map((_, at) => cells[at] ?? null), hasFormula: /table:formula=/.test(table) }
}

function cellOf(attributes, inner) {
  const [, value] = /office:(?:value|date-value|time-value|boolean-value)="([^"]*)"/.exec(attributes) ?? []
  if (value !== undefined) return value
  if (!attributes.includes('office:value-type')) return null
  const lines = [...inner.matchAll(/<text:p[^>]*?(?:\/>|>([\s\S]*?)<\/text:p>)/g)].map(([, line = '']) =>
    line.replaceAll(/<text:s\/>/g, ' ').replaceAll(/<[^>]*>/g, ''),
  )
  const named = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
  return lines
    .join('\n')
    .replaceAll(/&(#x?)?(\w+);/g, (_, code, name) =>
      code === undefined ? (named[name] ?? name) : String.fromCodePoint(Number.parseInt(name, code === '#x' ? 16 : 10)),
    )
}

const lineBreaks = 'an emoji, NUL, line breaks'
const notUnescaped = ['🌊_x0000_x_x000D_\ny', 'does not undo the escapes of ECMA-376 (22.9.2.19)']
const noNul = ['🌊x\ny', 'holds neither NUL nor a carriage return']
const fifteenDigits = 'keeps 15 digits of a number, and takes text of CSV for one'
const oneEmpty = [null, 'has one kind of empty cell']
/** What a program makes of a value itself, by reader and name of the value: what it shows, and why. */
const ownWays = {
  'pandas, XLSX': {
    'minus zero': ['0', 'makes whole numbers of doubles'],
    NULL: ['', 'was told to keep texts, and has one kind of empty cell then'],
    [lineBreaks]: notUnescaped,
  },
  'openpyxl, XLSX': { [lineBreaks]: notUnescaped },
  'LibreOffice, CSV': {
    'minus zero': ['-0', 'writes it so'],
    'more than 2^53': ['9.00719925474099E+015', fifteenDigits],
    'the least bigint': ['-9.22337203685478E+018', fifteenDigits],
    '38 digits': ['1E+038', fifteenDigits],
    '38 digits, 10 behind the point': ['-1.23456789012346E+027', fifteenDigits],
    'a double of 17 digits': ['0.3', fifteenDigits],
    NULL: oneEmpty,
    'an empty text': oneEmpty,
    [lineBreaks]: noNul,
  },
  'LibreOffice, XLSX': {
    'minus zero': ['-0', 'writes it so'],
    'a double of 17 digits': ['0.3', 'writes 15 digits of a number'],
    'the least double': ['5E-324', 'writes it so'],
    'an empty text': oneEmpty,
    [lineBreaks]: noNul,
  },
}

/** What a kind of file holds of a value, as text. */
function textIn(kind, [name, , text, held = {}]) {
  if (kind === 'csv') return text === '-Infinity' ? `'${text}` : text
  if (name === 'NULL') return null
  return kind === 'parquet' && held.parquet !== undefined ? held.parquet : text
}

/** Says what a reader shows otherwise than it is; returns what is no known way of its own. */
function compare(reader, cells) {
  const kind = reader.split(', ')[1].toLowerCase()
  const faults = []
  let exact = 0
  const own = []
  for (const [at, value] of exportedValues.entries()) {
    const [name] = value
    const [shown, why] = ownWays[reader]?.[name] ?? []
    if (cells[at] === textIn(kind, value)) exact += 1
    else if (why !== undefined && cells[at] === shown) own.push(`  ${name}: ${JSON.stringify(shown)}: ${why}`)
    else faults.push(`${reader}, ${name}: ${JSON.stringify(cells[at])} for ${JSON.stringify(textIn(kind, value))}`)
  }
  console.log([`${reader}: ${exact} of ${exportedValues.length} exact`, ...own].join('\n'))
  return faults
}

try {
  await writeFiles()
  const read = JSON.parse(tryRun(python, [join(root, 'scripts', 'read-exports.py'), folder]) ?? 'null')
  if (read === null) throw new Error('Python does not read the files.')
  const csv = openInOffice('all.csv', ['--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,false'])
  const xlsx = openInOffice('all.xlsx', [])
  const all = { ...read, 'LibreOffice, CSV': csv.cells, 'LibreOffice, XLSX': xlsx.cells }
  const faults = Object.entries(all).flatMap(([reader, cells]) => compare(reader, cells))
  if (csv.hasFormula || xlsx.hasFormula) faults.push('LibreOffice takes a cell for a formula.')
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
