import { describe, expect, test } from 'vitest'
import type { Column } from '../result.ts'
import { shownCell } from './cells.ts'
import { makeFormats, type FormatSettings } from './formats.ts'

const nothing: FormatSettings = { numberFormat: null, dateFormat: null, timeZone: null }
const withSettings = (settings: Partial<FormatSettings>) => makeFormats('en-US', { ...nothing, ...settings })
const column = (kind: Column['kind'], name = 'TOTAL'): Column => ({ name, type: '', kind, scale: null })
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('’', "'")

describe('numbers as a person set them', () => {
  test.each([
    ['comma-point', '1,234,567.50', '1,204', '1.2M'],
    ['point-comma', '1.234.567,50', '1.204', '1,2 Mio.'],
    ['space-comma', '1 234 567,50', '1 204', '1,2 M'],
    ['apostrophe-point', "1'234'567.50", "1'204", '1.2 Mio.'],
    ['indian', '12,34,567.50', '1,204', '12L'],
  ] as const)('%s', (numberFormat, cell, count, tick) => {
    const formats = withSettings({ numberFormat })
    const short = { mostDigits: 1, isShort: true, grouped: true, unit: null }
    const written = [
      shownCell('1234567.50', column('number'), formats),
      (1_204).toLocaleString(formats.locale),
      formats.tick(1_200_000, short),
    ]
    expect(written.map(plain)).toEqual([cell, count, tick])
    expect(shownCell('1996-01-02', column('date'), formats)).toBe('Jan 2, 1996')
  })
})

describe('days as a person set them', () => {
  test.each([
    ['iso', '1996-01-02', '1996-01-02, 10:30'],
    ['day-month-year', '2 Jan 1996', '2 Jan 1996, 10:30'],
    ['month-day-year', 'Jan 2, 1996', 'Jan 2, 1996, 10:30'],
    ['dotted', '02.01.1996', '02.01.1996, 10:30'],
    ['day-first-slashes', '02/01/1996', '02/01/1996, 10:30'],
    ['month-first-slashes', '01/02/1996', '01/02/1996, 10:30'],
  ] as const)('%s', (dateFormat, day, moment) => {
    const formats = makeFormats('de-DE', { ...nothing, dateFormat })
    expect(shownCell('1996-01-02', column('date'), formats)).toBe(day)
    expect(shownCell('1996-01-02 10:30', column('timestamp'), formats)).toBe(moment)
    expect(formats.axisMoment(Date.UTC(1996, 0, 2), 'day')).toBe(day)
    expect(formats.workMoment('1996-01-02T12:00:00.000Z', 'day')).toBe(day)
    expect(formats.number('1.5')).toBe('1,5')
  })
})

describe('the time zone that a person set', () => {
  test.each([
    ['Europe/Berlin', '1996-01-02 10:30:00.123456789 +0000', 'Jan 2, 1996, 11:30:00.123456789 +01:00'],
    ['Europe/Berlin', '1996-07-02T22:30:00Z', 'Jul 3, 1996, 00:30:00 +02:00'],
    ['Asia/Kolkata', '1996-01-02 00:00 -08:00', 'Jan 2, 1996, 13:30:00 +05:30'],
    ['America/New_York', '1996-01-01 02:00:00 +02:00', 'Dec 31, 1995, 19:00:00 -05:00'],
    ['UTC', '1996-01-02 10:30:00 +0200', 'Jan 2, 1996, 08:30:00 +00:00'],
  ])('%s moves %s', (timeZone, text, shown) => {
    expect(shownCell(text, column('timestamp'), withSettings({ timeZone }))).toBe(shown)
  })

  test.each([
    ['a day', '1996-01-02', 'Jan 2, 1996'],
    ['a moment without an offset', '1996-01-02 10:30:00', 'Jan 2, 1996, 10:30:00'],
    ['no moment', 'yesterday', 'yesterday'],
    ['a day that there is not', '1996-02-30 10:30:00 +0000', '1996-02-30 10:30:00 +0000'],
  ])('leaves %s', (_why, text, shown) => {
    expect(shownCell(text, column('timestamp'), withSettings({ timeZone: 'Asia/Tokyo' }))).toBe(shown)
  })

  test('is used for moments of work and on an axis; without one values keep the offset they bring', () => {
    const tokyo = withSettings({ timeZone: 'Asia/Tokyo', dateFormat: 'iso' })
    expect(tokyo.workMoment('2026-01-01T20:05:00.000Z', 'day')).toBe('2026-01-02')
    expect(plain(tokyo.workMoment('2026-01-01T20:05:00.000Z', 'minute'))).toBe('2026-01-02, 5:05 AM')
    expect(tokyo.onClock('2026-01-01T20:05:00Z')).toBe('2026-01-02 05:05:00 +09:00')
    const shown = shownCell('1996-01-02 10:30:00 +0500', column('timestamp'), withSettings({}))
    expect(shown).toBe('Jan 2, 1996, 10:30:00 +0500')
  })

  test('leaves the month that a column is named after where it begins', () => {
    const cell = shownCell(
      '1996-01-01 00:00:00 +0000',
      column('timestamp', 'ORDER_MONTH'),
      withSettings({ timeZone: 'America/Lima' }),
    )
    expect(cell).toBe('January 1996')
  })
})
