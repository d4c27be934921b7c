// The checks there are, by name, and how they are run and counted.
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { closeCoverage, openCoverage } from './coverage.mjs'
import { checkPageSizes } from './page-sizes.mjs'
import { findNode, root, run } from './tree.mjs'

const modules = join(root, 'node_modules')
const vitest = join(modules, 'vitest', 'vitest.mjs')
const quiet = { NO_COLOR: '1' }

/** Runs a tool beside others; what it prints comes in one piece once it has ended. */
function runTool(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(findNode(), args, {
      cwd: root,
      env: { ...process.env, ...quiet },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const printed = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      process.stderr.write(Buffer.concat(printed))
      resolve(code ?? 1)
    })
  })
}

const tsc = (project) => runTool(join(modules, 'typescript', 'bin', 'tsc'), '-p', project)

/**
 * Checks that pass or fail as a whole.
 * @type {readonly (readonly [name: string, check: () => Promise<number>])[]}
 */
export const staticChecks = [
  [
    'format',
    () => runTool(join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--cache', '--log-level', 'warn', '.'),
  ],
  ['lint', () => runTool(join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings', '--format=unix')],
  ['unused exports', () => runTool(join(modules, 'knip', 'bin', 'knip.js'), '--no-progress')],
  ['types of the core', () => tsc('tsconfig.core.json')],
  ['types of the page', () => tsc('tsconfig.web.json')],
  ['types', () => tsc('tsconfig.json')],
  ['sizes of the page', checkPageSizes],
]

/** Runs the unit and integration tests, measuring coverage where asked to; what they gave, by name. */
export function runVitest({ coverage }) {
  const report = join(root, '.cache', 'vitest.json')
  const { env, args } = coverage ? openCoverage() : { env: {}, args: [] }
  const runOnce = (more) => {
    rmSync(report, { force: true })
    const code = run(
      findNode(),
      [vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...more],
      { env: { ...quiet, ...env } },
    )
    return { code, tests: JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(testsOf) }
  }
  const first = runOnce(args)
  const isCovered = !coverage || closeCoverage()
  const counts = countTests(first, (files) => runOnce(['--maxWorkers=1', ...files]))
  return isCovered ? counts : { ...counts, code: 1, failed: [...counts.failed, 'coverage: too few lines were run'] }
}

/** Runs the browser tests against the built server; the same counts. */
export function runBrowser() {
  const report = join(root, '.cache', 'browser.json')
  const runOnce = (more) => {
    rmSync(report, { force: true })
    const code = run(
      findNode(),
      [join(modules, '@playwright', 'test', 'cli.js'), 'test', '--reporter=dot,json', ...more],
      {
        env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      },
    )
    return { code, tests: JSON.parse(readFileSync(report, 'utf8')).suites.flatMap(specsOf) }
  }
  return countTests(runOnce([]), () => runOnce(['--last-failed', '--workers=1']))
}

/** More failures than this are not the machine's doing, and nothing runs again. */
const mostRunAgain = 12

/**
 * Counts the tests of a run. The machines that check this are shared and their speed varies, and what waits for a process or a page runs into
 * its limit there: the few tests that failed beside others are run once more by themselves, which is printed. Who fails there too has failed.
 */
function countTests({ code, tests }, runAlone) {
  const of = (status, among = tests) => among.filter((test) => test.status === status)
  const failed = of('failed')
  const mayRunAgain = failed.length > 0 && failed.length <= mostRunAgain
  const alone = mayRunAgain ? runAlone([...new Set(failed.map(({ file }) => file))]) : { code, tests: [] }
  const endedWell = new Set(of('passed', alone.tests).map(({ id }) => id))
  const mended = failed.filter(({ id }) => endedWell.has(id))
  for (const { name } of mended) console.log(`failed beside other tests, passed by itself: ${name}`)
  const still = new Map([...failed, ...of('failed', alone.tests)].map((test) => [test.id, test.name]))
  for (const { id } of mended) still.delete(id)
  return {
    code: alone.code,
    passed: of('passed').length + mended.length,
    failed: [...still.values()],
    skipped: of('skipped').map(({ name }) => name),
  }
}

/** What a file of vitest's report holds; a file that could not be loaded counts as one test that failed. */
const testsOf = ({ name: file, status, assertionResults }) =>
  status === 'failed' && assertionResults.length === 0
    ? [{ id: file, file, name: file, status }]
    : assertionResults.map((test) => ({
        id: `${file} ${test.fullName}`,
        file,
        name: test.fullName,
        status: ['passed', 'failed'].includes(test.status) ? test.status : 'skipped',
      }))

const specStatus = { expected: 'passed', unexpected: 'failed', flaky: 'failed', skipped: 'skipped' }

const specsOf = (suite) => [
  ...(suite.suites ?? []).flatMap(specsOf),
  ...suite.specs.flatMap((spec) =>
    spec.tests.map((test) => ({
      // The id of a spec depends on which projects ran.
      id: `${spec.file}:${spec.line} ${spec.title} ${test.projectName}`,
      file: spec.file,
      name: `${spec.title} [${test.projectName}]`,
      status: specStatus[test.status],
    })),
  ),
]
