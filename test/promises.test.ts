import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { promises } from './promises.ts'

const root = resolve(import.meta.dirname, '..')
const tests = ['src', 'test', 'e2e'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(\.(test|spec)|-suite)\.tsx?$/.test(path))
    .map((path) => readFileSync(join(root, folder, path), 'utf8')),
)

test('README.md makes exactly these promises', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect([...readme.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1])).toEqual([...promises])
})

test.each(promises)('a test cites the promise %s', (id) => {
  expect(tests.some((text) => text.includes(`[${id}]`))).toBe(true)
})
