// The checks there are, by name, and how they are run and counted.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, root, run } from './tree.mjs'

const modules = join(root, 'node_modules')
const node = (...args) => run(findNode(), args, { env: { NO_COLOR: '1' } })

/**
 * Checks that pass or fail as a whole.
 * @type {readonly (readonly [name: string, check: () => number])[]}
 */
export const staticChecks = [
  [
    'format',
    () => node(join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--cache', '--log-level', 'warn', '.'),
  ],
  ['lint', () => node(join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings', '--format=unix')],
  ['unused exports', () => node(join(modules, 'knip', 'bin', 'knip.js'), '--no-progress')],
  ['types of the core', () => tsc('tsconfig.core.json')],
  ['types of the page', () => tsc('tsconfig.web.json')],
  ['types', () => tsc('tsconfig.json')],
]

const tsc = (project) => node(join(modules, 'typescript', 'bin', 'tsc'), '-p', project)

/** Runs the unit and integration tests; returns what passed, failed and was skipped, by name. */
export function runVitest() {
  const report = join(root, '.cache', 'vitest.json')
  rmSync(report, { force: true })
  const code = node(
    join(modules, 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  )
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const tests = testResults.flatMap((file) => file.assertionResults)
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return {
    code,
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests
      .filter((test) => test.status === 'failed')
      .map((test) => test.fullName)
      .concat(broken.map((file) => file.name)),
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
