import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textCollator } from './cell-order.ts'
import { rankTexts } from './text-order.ts'

function ranksOf(texts: readonly string[]): readonly number[] {
  const work = rankTexts(texts)
  for (;;) {
    const step = work.next()
    if (step.done === true) return [...step.value]
  }
}

/** Texts in the order of their ranks, which has to be one that the collator agrees with. */
function expectOrdered(texts: readonly string[]): void {
  const { compare } = textCollator()
  const ranks = ranksOf(texts)
  const sorted = [...texts.keys()].toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0))
  for (let at = 1; at < sorted.length; at += 1) {
    const a = sorted[at - 1] ?? 0
    const b = sorted[at] ?? 0
    const left = texts[a] ?? ''
    const right = texts[b] ?? ''
    expect(Math.sign(compare(left, right)), `${JSON.stringify(left)} before ${JSON.stringify(right)}`).toBe(
      ranks[a] === ranks[b] ? 0 : -1,
    )
  }
}

const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 12 })
const numbered = fc
  .tuple(fc.constantFrom('Part ', 'part ', 'v', '', '-', '_'), fc.nat(), fc.constantFrom('', '0', '.5', ' b', 'B'))
  .map(([name, number, end]) => `${name}${number}${end}`)
const padded = numbered.map((text) => text.replace(/\d+/, (digits) => `000${digits}`))
const foreign = fc.string({ unit: 'binary', maxLength: 4 })
const beyondKeys = ascii.map((text) => `${'the same beginning for more than sixty characters, '.repeat(2)}${text}`)

test('texts are ranked as the collator orders them', () => {
  const mixed = fc.oneof(ascii, numbered, padded, foreign, beyondKeys)
  fc.assert(fc.property(fc.array(mixed, { maxLength: 60 }), expectOrdered), { numRuns: 300 })
})

test('thousands of texts, which are sorted by their bytes', () => {
  const texts = fc.sample(fc.oneof(ascii, numbered, padded, foreign, beyondKeys), { numRuns: 6_000, seed: 7 })
  expectOrdered(texts)
  expectOrdered(texts.map((text) => `a name that they share ${text}`))
})

test('every pair of two characters', () => {
  const characters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
  expectOrdered(characters.flatMap((first) => characters.map((second) => first + second)))
})

test.each([
  ['equal numbers that are written differently', ['7', '007', '07']],
  ['more digits than a key tells', [`1${'0'.repeat(300)}`, `2${'0'.repeat(300)}`, '9']],
  ['zeros alone', ['0', '000', '00a', '0a', '']],
])('%s', (_why, texts) => expectOrdered(texts))
