// Runs checks one after another, all of them even when one fails, and closes with the counts.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { runBrowser, runVitest, staticChecks } from './checks.mjs'
import { ensureBuilt, ensureInstalled, findNode, root } from './tree.mjs'

/** Runs every check, the browser's too when asked for, and exits 0 only when nothing failed (nor, with REQUIRE_ALL, was skipped). */
export function runChecks({ browser }) {
  ensureInstalled()
  findNode()
  ensureBuilt()
  mkdirSync(join(root, '.cache'), { recursive: true })
  const counts = { passed: 0, failed: [], skipped: [] }
  for (const [name, check] of staticChecks) {
    console.log(`· ${name}`)
    if (check() === 0) counts.passed += 1
    else counts.failed.push(name)
  }
  for (const suite of [runVitest, ...(browser ? [runBrowser] : [])]) {
    console.log(`· ${suite === runVitest ? 'unit and integration tests' : 'browser tests'}`)
    const { code, passed, failed, skipped } = suite()
    counts.passed += passed
    counts.failed.push(...failed, ...(code !== 0 && failed.length === 0 ? ['the test runner itself'] : []))
    counts.skipped.push(...skipped)
  }
  close(counts)
}

function close({ passed, failed, skipped }) {
  for (const name of skipped) console.log(`skipped: ${name}`)
  for (const name of failed) console.log(`failed: ${name}`)
  const lacking = process.env.REQUIRE_ALL === '1' ? skipped : []
  if (lacking.length > 0) console.log(`REQUIRE_ALL is set: ${lacking.length} skipped tests count as failed.`)
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
  process.exit(failed.length + lacking.length === 0 ? 0 : 1)
}
