// Runs every check even when one fails, the static ones side by side, and closes with the counts.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { runBrowser, runVitest, staticChecks } from './checks.mjs'
import { ensureBuilt, ensureInstalled, findNode, root } from './tree.mjs'

/**
 * Runs every check, the browser's too when asked for, and exits 0 only when nothing failed (nor, with REQUIRE_ALL, was skipped).
 * COVERAGE=1 measures line coverage and asks for enough of it.
 */
export async function runChecks({ browser }) {
  ensureInstalled()
  findNode()
  ensureBuilt()
  mkdirSync(join(root, '.cache'), { recursive: true })
  const counts = { passed: 0, failed: [], skipped: [] }
  console.log(`· ${staticChecks.map(([name]) => name).join(', ')}`)
  const results = await Promise.all(staticChecks.map(async ([name, check]) => [name, await check()]))
  for (const [name, code] of results) {
    if (code === 0) counts.passed += 1
    else counts.failed.push(name)
  }
  const coverage = process.env.COVERAGE === '1'
  for (const suite of [() => runVitest({ coverage }), ...(browser ? [runBrowser] : [])]) {
    console.log(`· ${suite === runBrowser ? 'browser tests' : 'unit and integration tests'}`)
    const { code, passed, failed, skipped } = suite()
    counts.passed += passed
    counts.failed.push(...failed, ...(code !== 0 && failed.length === 0 ? ['the test runner itself'] : []))
    counts.skipped.push(...skipped)
  }
  close(counts)
}

/** Marks tests over data that is not part of the repository: where it is absent they are left out, whatever is required. */
const optional = '[open-data]'

function close({ passed, failed, skipped }) {
  for (const name of skipped) console.log(`skipped: ${name}`)
  for (const name of failed) console.log(`failed: ${name}`)
  const lacking = process.env.REQUIRE_ALL === '1' ? skipped.filter((name) => !name.includes(optional)) : []
  if (lacking.length > 0) console.log(`REQUIRE_ALL is set: ${lacking.length} skipped tests count as failed.`)
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
  process.exit(failed.length + lacking.length === 0 ? 0 : 1)
}
