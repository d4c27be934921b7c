// What the built page may weigh: JavaScript and styles gzipped, fonts as they are, in kB.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './tree.mjs'

const budgets = { 'first load': 190, styles: 12, fonts: 95, echarts: 198, 'result-chart': 7, 'sql-editor': 125 }
const otherChunkBudget = 40

/** The entry and what it imports before it runs. */
function firstLoad(assets, name, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  const code = readFileSync(join(assets, name), 'utf8')
  for (const [, imported] of code.matchAll(/\b(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    firstLoad(assets, imported, found)
  return found
}

/** Names every part of the built page with its size and its budget, in kB; `over` are those that are too large. */
export function measurePage() {
  const web = join(root, 'dist', 'web')
  const assets = join(web, 'assets')
  const files = readdirSync(assets)
  const sizeOf = (name) => {
    const bytes = readFileSync(join(assets, name))
    return (name.endsWith('.woff2') ? bytes : gzipSync(bytes)).length / 1_000
  }
  const total = (names) => [...names].reduce((sum, name) => sum + sizeOf(name), 0)
  const page = readFileSync(join(web, 'index.html'), 'utf8')
  const entries = [...page.matchAll(/<script[^>]* src="[^"]*?([^/"]+\.js)"/g)].map(([, name]) => name)
  if (entries.length === 0) throw new Error('The built page names no script.')
  const first = new Set()
  for (const entry of entries) firstLoad(assets, entry, first)
  const chunks = files.filter((name) => name.endsWith('.js') && !first.has(name))
  const parts = [
    ['first load', total(first)],
    ['styles', total(files.filter((name) => name.endsWith('.css')))],
    ['fonts', total(files.filter((name) => name.endsWith('.woff2')))],
    ...chunks.map((name) => [name.replace(/-[\w-]{8}\.js$/, ''), sizeOf(name)]),
  ].map(([name, size]) => ({ name, size, budget: budgets[name] ?? otherChunkBudget }))
  return { parts, over: parts.filter(({ size, budget }) => size > budget) }
}

/** The check: 0 when everything is within its budget. */
export function checkPageSizes() {
  const { over } = measurePage()
  for (const { name, size, budget } of over)
    console.error(`The page's ${name} is ${size.toFixed(1)} kB; it may be ${budget} kB.`)
  return Promise.resolve(over.length === 0 ? 0 : 1)
}
