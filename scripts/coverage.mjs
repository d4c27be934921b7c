// Line coverage of the unit and integration tests, workers and child processes included: what vitest measures in its own processes, merged
// with what V8 wrote in every other one. Code that only children run would otherwise count as never run.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './tree.mjs'

/** Lines of src that tests have to run, in percent. */
const leastPercent = 85

const reports = join(root, '.cache', 'coverage')
const rawReports = join(root, '.cache', 'coverage-raw')

/** What vitest and Node need to be told so that `closeCoverage` finds the reports. */
export function openCoverage() {
  for (const folder of [reports, rawReports]) rmSync(folder, { recursive: true, force: true })
  mkdirSync(rawReports, { recursive: true })
  return {
    env: { NODE_V8_COVERAGE: rawReports, NODE_OPTIONS: `--import ${new URL('coverage-preload.mjs', import.meta.url)}` },
    args: [
      '--coverage.enabled',
      '--coverage.provider=v8',
      '--coverage.reporter=json',
      '--coverage.reportOnFailure',
      `--coverage.reportsDirectory=${reports}`,
      '--coverage.include=src/**/*.{ts,tsx}',
    ],
  }
}

/** Merges the reports, prints a line for each part of src and returns whether enough lines were run. */
export function closeCoverage() {
  if (!existsSync(join(reports, 'coverage-final.json'))) return false
  const files = readVitestReport()
  for (const name of existsSync(rawReports) ? readdirSync(rawReports) : []) addRawReport(join(rawReports, name), files)
  const parts = new Map()
  for (const [path, lines] of files) {
    const part = relative(join(root, 'src'), path)
      .split(sep)
      .slice(0, 2)
      .join('/')
      .replace(/\/[^/]*\.tsx?$/, '')
    const sum = parts.get(part) ?? { run: 0, all: 0 }
    for (const isRun of lines.values()) {
      sum.all += 1
      if (isRun) sum.run += 1
    }
    parts.set(part, sum)
  }
  const percent = ({ run, all }) => (all === 0 ? 100 : (run / all) * 100)
  for (const [part, sum] of [...parts].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${percent(sum).toFixed(1).padStart(5)} %  ${part}`)
  const total = [...parts.values()].reduce((a, b) => ({ run: a.run + b.run, all: a.all + b.all }))
  console.log(
    `  ${percent(total).toFixed(1).padStart(5)} %  of ${total.all} lines; at least ${leastPercent} % are asked for`,
  )
  return percent(total) >= leastPercent
}

/** For each file, its lines that hold a statement and whether vitest saw it run. */
function readVitestReport() {
  const files = new Map()
  for (const [path, { statementMap, s }] of Object.entries(
    JSON.parse(readFileSync(join(reports, 'coverage-final.json'), 'utf8')),
  )) {
    const lines = new Map()
    for (const [id, { start }] of Object.entries(statementMap))
      lines.set(start.line, lines.get(start.line) === true || s[id] > 0)
    files.set(path, lines)
  }
  return files
}

/**
 * Adds one process's or worker's own report. Node strips types in place, so offsets are those of the source; vitest's processes run rewritten
 * text and are left to vitest.
 */
function addRawReport(report, files) {
  const { result } = JSON.parse(readFileSync(report, 'utf8'))
  if (result.some(({ url }) => url.includes('/node_modules/vitest/'))) return
  for (const { url, functions } of result) {
    if (!url.startsWith('file:')) continue
    const lines = files.get(fileURLToPath(url))
    if (lines === undefined) continue
    const text = readFileSync(fileURLToPath(url), 'utf8')
    // Ranges nest: the innermost one around an offset tells how often it ran.
    const ranges = functions
      .flatMap((each) => each.ranges)
      .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
    let line = 0
    let offset = 0
    for (const content of text.split('\n')) {
      line += 1
      if (lines.get(line) === false) {
        const at = offset + content.length - content.trimStart().length
        const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset)
        if ((around.at(-1)?.count ?? 0) > 0) lines.set(line, true)
      }
      offset += content.length + 1
    }
  }
}
