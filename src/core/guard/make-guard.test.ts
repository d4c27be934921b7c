import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { dataLines } from '../../../test/support/shared-data.ts'
import { functionGroups } from './functions/function-groups.ts'
import { refusalCodes } from './verdict.ts'

const src = resolve(import.meta.dirname, '../..')

test('only the guard calls a text read-only', () => {
  const casts = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test(-[a-z]+)?\.tsx?$/.test(path))
    .filter((path) =>
      /\bas\s+(?:unknown\s+as\s+)?ReadOnlySql\b|<ReadOnlySql>\s*[a-z('"`]/.test(readFileSync(join(src, path), 'utf8')),
    )
  expect(casts.map((path) => path.replaceAll('\\', '/'))).toEqual(['core/guard/make-guard.ts'])
})

test('docs/read-only.md explains every code and every group of functions, and counts the corpora right', () => {
  const page = readFileSync(join(src, '../docs/read-only.md'), 'utf8')
  const named = [...refusalCodes, ...functionGroups.map((group) => group.id)]
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  expect(page).toContain(`holds ${dataLines('readonly_reject.jsonl').length} statements that must be refused`)
  expect(page).toContain(`readonly_accept.jsonl) ${dataLines('readonly_accept.jsonl').length} that must run`)
})
