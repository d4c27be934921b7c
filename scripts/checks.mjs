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

/** Runs the unit and integration tests, measuring coverage where asked to; returns what passed, failed and was skipped, by name. */
export function runVitest({ coverage }) {
  const report = join(root, '.cache', 'vitest.json')
  rmSync(report, { force: true })
  const { env, args } = coverage ? openCoverage() : { env: {}, args: [] }
  const code = run(
    findNode(),
    [vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...args],
    { env: { ...quiet, ...env } },
  )
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const tests = testResults.flatMap((file) => file.assertionResults)
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const isCovered = !coverage || closeCoverage()
  return {
    code: isCovered ? code : 1,
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests
      .filter((test) => test.status === 'failed')
      .map((test) => test.fullName)
      .concat(broken.map((file) => file.name))
      .concat(isCovered ? [] : ['coverage: too few lines were run']),
    skipped: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
  }
}

/** Runs the browser tests against the built server; the same counts. */
export function runBrowser() {
  const report = join(root, '.cache', 'browser.json')
  rmSync(report, { force: true })
  const code = run(findNode(), [join(modules, '@playwright', 'test', 'cli.js'), 'test', '--reporter=dot,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const specs = JSON.parse(readFileSync(report, 'utf8')).suites.flatMap(specsOf)
  return {
    code,
    passed: specs.filter((spec) => spec.status === 'expected').length,
    failed: specs.filter((spec) => ['unexpected', 'flaky'].includes(spec.status)).map((spec) => spec.name),
    skipped: specs.filter((spec) => spec.status === 'skipped').map((spec) => spec.name),
  }
}

const specsOf = (suite) => [
  ...(suite.suites ?? []).flatMap(specsOf),
  ...suite.specs.flatMap((spec) =>
    spec.tests.map((test) => ({ name: `${spec.title} [${test.projectName}]`, status: test.status })),
  ),
]
