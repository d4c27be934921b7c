import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const src = resolve(import.meta.dirname, '../..')

test('only the guard calls a text read-only', () => {
  const casts = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test(-[a-z]+)?\.tsx?$/.test(path))
    .filter((path) =>
      /\bas\s+(?:unknown\s+as\s+)?ReadOnlySql\b|<ReadOnlySql>\s*[a-z('"`]/.test(readFileSync(join(src, path), 'utf8')),
    )
  expect(casts.map((path) => path.replaceAll('\\', '/'))).toEqual(['core/guard/make-guard.ts'])
})
