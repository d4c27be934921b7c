import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable-text.ts'

const unit = fc.oneof(
  fc.constantFrom('\0', '\uD800', '\uDC00', '\uDBFF\uDFFF', '"', '\\', '\u2028', 'ä'),
  fc.string({ minLength: 1, maxLength: 1 }),
)
const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))
const holds = (stored: string): boolean => stored.isWellFormed() && !stored.includes('\0')

test('any JSON is stored as JSON of the same value', () => {
  fc.assert(
    fc.property(text, (value) => {
      const json = JSON.stringify({ [value]: [value] })
      expect(holds(storableJson(json))).toBe(true)
      expect(JSON.parse(storableJson(json))).toEqual({ [value]: [value] })
    }),
  )
})

test.each([
  ['{"a":"\0"}', '\0'],
  ['{"a":"\uD800"}', '\uD800'],
  ['{"a":"\uDC00\uD800"}', '\uDC00\uD800'],
  ['{"a":"\uD83D\uDE00"}', '\u{1F600}'],
])('JSON with raw characters that cannot be stored keeps their meaning: %j', (json, value) => {
  expect(holds(storableJson(json))).toBe(true)
  expect(JSON.parse(storableJson(json))).toEqual({ a: value })
})

test('any text can be stored, and what could be stored is not changed', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(holds(storableText(value))).toBe(true)
      if (holds(value)) expect(storableText(value)).toBe(value)
    }),
  )
})
