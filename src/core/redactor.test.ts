import { describe, expect, test } from 'vitest'
import { Redactor } from './redactor.ts'

const secret = 'p$ss/word "with" all+of=it'
const redactor = new Redactor()
redactor.add(secret)

describe('a secret in use', () => {
  test.each([
    ['as it is', `got ${secret}.`, 'got [secret].'],
    ['twice', `${secret}${secret}`, '[secret][secret]'],
    ['in a URL', `/login?token=${encodeURIComponent(secret)}&x=1`, '/login?token=[secret]&x=1'],
    ['in JSON', JSON.stringify({ token: secret }), '{"token":"[secret]"}'],
    ['cut short', `got ${secret.slice(0, 14)}… and more`, 'got [secret]… and more'],
  ])('is replaced %s', (_, text, clean) => {
    expect(redactor.text(text)).toBe(clean)
  })

  test('is replaced in every part of a problem', () => {
    const found = redactor.problem({
      code: 'connection_broken',
      message: `M ${secret}`,
      action: `A ${secret}`,
      whoseTurn: 'operator',
      details: [`D ${secret}`],
    })
    expect(JSON.stringify(found)).not.toContain('word')
    expect(found).toMatchObject({ code: 'connection_broken', details: ['D [secret]'] })
  })
})

test('a signed token is replaced though nobody named it', () => {
  const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJmbG9lIn0', 'c2lnbmF0dXJl'].join('.')
  expect(new Redactor().text(`{"TOKEN":"${token}"}`)).toBe('{"TOKEN":"[token]"}')
})

test('ordinary text and short values stay as they are', () => {
  const other = new Redactor()
  other.add('abc')
  other.add(null)
  expect(other.text('abc is a column of p$ss')).toBe('abc is a column of p$ss')
  expect(redactor.text('p$ss/word')).toBe('p$ss/word')
})
