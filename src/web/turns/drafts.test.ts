import { expect, test } from 'vitest'
import { keepUnsent, makeDrafts } from './drafts.ts'

/** What a browser keeps, with `Object.keys` as `localStorage` has it. */
function makeStorage(): Storage {
  const methods = {
    getItem: (key: string) => (Object.hasOwn(kept, key) ? (kept[key] ?? null) : null),
    setItem: (key: string, value: string) => {
      kept[key] = value
    },
    removeItem: (key: string) => {
      delete kept[key]
    },
    clear: () => undefined,
    key: () => null,
    length: 0,
  }
  const kept = Object.create(methods) as Record<string, string>
  return kept as unknown as Storage
}

const name = { text: '@ORDERS', kind: 'table', name: 'DB.S.ORDERS' } as const

test('what is written stays with its conversation and is read by the next visit', () => {
  const storage = makeStorage()
  const drafts = makeDrafts(storage)
  drafts.write(null, { text: 'a new one' })
  drafts.write('c1', { text: 'how many @ORDERS' })
  drafts.write('c1', { names: [name] })
  const next = makeDrafts(storage)
  expect([next.read(null).text, next.read('c1').text, next.read('c2').text]).toEqual([
    'a new one',
    'how many @ORDERS',
    '',
  ])
  expect(next.read('c1').names).toEqual([name])
  next.write('c1', { text: '', names: [] })
  expect(makeDrafts(storage).read('c1').text).toBe('')
  expect(Object.keys(storage)).toEqual(['floe.draft.new'])
})

test('SQL stays while a question is written in its place', () => {
  const storage = makeStorage()
  makeDrafts(storage).write('c1', { sql: 'SELECT 1', isSql: true })
  makeDrafts(storage).write('c1', { isSql: false, text: 'how many' })
  makeDrafts(storage).write('c1', { text: '' })
  expect(makeDrafts(storage).read('c1')).toMatchObject({ sql: 'SELECT 1', isSql: false })
})

test('what something else wrote there is no draft', () => {
  const storage = makeStorage()
  storage.setItem('floe.draft.new', '{"text": 7}')
  expect(makeDrafts(storage).read(null)).toMatchObject({ text: '', names: [], sql: '', isSql: false })
})

test('a question that was not heard is kept unless something else is being written', () => {
  const storage = makeStorage()
  keepUnsent(storage, 'c1', 'lost')
  keepUnsent(storage, 'c1', 'another')
  keepUnsent(storage, 'c2', '')
  expect([makeDrafts(storage).read('c1').text, Object.keys(storage).length]).toEqual(['lost', 1])
})

test('the oldest drafts make room', () => {
  const storage = makeStorage()
  const drafts = makeDrafts(storage)
  for (let at = 0; at < 80; at += 1) drafts.write(`c${at}`, { text: `question ${at}` })
  expect(Object.keys(storage)).toHaveLength(60)
  expect(makeDrafts(storage).read('c79').text).toBe('question 79')
})
