import { expect, test } from 'vitest'
import { nameFile } from './write-result.ts'

test.each([
  ['How many orders were there?', 'Sample', 'How many orders were there - Sample - 2026-01-01.csv'],
  [null, 'Folder /home/ada/shop', 'Query - shop - 2026-01-01.csv'],
  ['Umsätze in €, 売上 je Monat', 'Prod', 'Umsätze in €, 売上 je Monat - Prod - 2026-01-01.csv'],
  ['../../etc/passwd\0"; rm -rf ~ <b>', 'a:b*c?', 'etc passwd rm -rf b - a b c - 2026-01-01.csv'],
  ['\u202egpj.exe \u200b\r\nSet-Cookie: x=1', 'x', 'gpj exe Set-Cookie x 1 - x - 2026-01-01.csv'],
  ['  --help', '', 'help - 2026-01-01.csv'],
  ['語'.repeat(300), '語'.repeat(300), `${'語'.repeat(50)} - ${'語'.repeat(24)} - 2026-01-01.csv`],
])('the file of %j on %j is called %j', (question, label, name) => {
  const now = Date.UTC(2026, 0, 1)
  expect(nameFile({ question }, { label, now, form: { format: 'csv' }, isShown: false })).toBe(name)
  expect(Buffer.byteLength(name)).toBeLessThan(256)
})
