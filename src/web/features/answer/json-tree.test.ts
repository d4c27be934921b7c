import { expect, test } from 'vitest'
import { readJson, type JsonNode } from './json-tree.tsx'

const entriesOf = (node: JsonNode | null) => (node !== null && 'entries' in node ? node.entries : [])

test('numbers keep their digits', () => {
  const numbers = ['12345678901234567890', '0.10', '-1e400', '1E5', '99999999999999999999999999999999999999']
  expect(entriesOf(readJson(`[${numbers.join(' , ')}]`)).map(({ value }) => value)).toEqual(
    numbers.map((text) => ({ kind: 'plain', text })),
  )
})

test('names keep their order, also repeated ones and those that objects of a program have', () => {
  const node = readJson('{"b":1,"a":{"__proto__":null},"b":[true,"x\\u00e9\\n\\"y"]}')
  expect(entriesOf(node)).toEqual([
    { name: 'b', value: { kind: 'plain', text: '1' } },
    { name: 'a', value: { kind: 'object', entries: [{ name: '__proto__', value: { kind: 'plain', text: 'null' } }] } },
    {
      name: 'b',
      value: {
        kind: 'list',
        entries: [
          { name: '0', value: { kind: 'plain', text: 'true' } },
          { name: '1', value: { kind: 'text', text: 'xé\n"y' } },
        ],
      },
    },
  ])
})

test.each(['{}', '[]', ' [ ] ', '{ "a" : [ ] }'])('%s is a tree', (text) => {
  expect(readJson(text)).not.toBeNull()
})

test.each([
  '',
  'text',
  '5',
  '"text"',
  '[1,]',
  '[1',
  '{"a"}',
  '{a:1}',
  '[01]',
  '[1] 2',
  '["\u0001"]',
  `${'['.repeat(300)}${']'.repeat(300)}`,
  `[${'1,'.repeat(200_000)}1]`,
])('text %# is none', (text) => {
  expect(readJson(text)).toBeNull()
})

test('a megabyte is read in a moment', () => {
  const text = JSON.stringify({
    long: 'x'.repeat(500_000),
    rows: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `n${id}` })),
  })
  const begun = performance.now()
  expect(entriesOf(readJson(text))).toHaveLength(2)
  expect(performance.now() - begun).toBeLessThan(1_000)
})
