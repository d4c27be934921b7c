import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const chart = resolve(import.meta.dirname, '..', '..', 'deploy', 'helm', 'floe')

/** What the chart and the cases it is rendered for are made of: another one wants `npm run deploy:check`. */
export function hashOfChart(): string {
  const hash = createHash('sha256')
  const paths = readdirSync(chart, { recursive: true, encoding: 'utf8' }).map((path) => join(chart, path))
  for (const path of [...paths.toSorted(), join(import.meta.dirname, 'chart-cases.json')])
    if (statSync(path).isFile()) hash.update(basename(path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}
