import { expect, test } from 'vitest'
import { lineChanges } from './query-lines.tsx'

const signs = { same: ' ', removed: '-', added: '+' } as const
const told = (before: string, after: string): readonly string[] =>
  lineChanges(before, after).map(({ kind, text }) => signs[kind] + text)

test.each<readonly [string, string, string, readonly string[]]>([
  ['equal texts', 'a\nb', 'a\nb', [' a', ' b']],
  [
    'a line that changed',
    'SELECT 1\nWHERE y = 1997',
    'SELECT 1\nWHERE y = 1998',
    [' SELECT 1', '-WHERE y = 1997', '+WHERE y = 1998'],
  ],
  ['a line more', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
  ['a line less at the end', 'a\nb', 'a', [' a', '-b']],
  ['nothing in common', 'a', 'b', ['-a', '+b']],
  ['lines that moved', 'a\nb\nc', 'c\na\nb', ['+c', ' a', ' b', '-c']],
])('%s', (_, before, after, lines) => expect(told(before, after)).toEqual(lines))

test('long texts are not compared line by line, but never said to be the same', () => {
  const long = Array.from({ length: 2_000 }, (_, at) => `line ${at}`).join('\n')
  expect(lineChanges(long, long).every(({ kind }) => kind === 'same')).toBe(true)
  expect(lineChanges(long, `${long}\nmore`)).toHaveLength(4_001)
})
