import { describe, expect, test } from 'vitest'
import type { ChartChoice, Column } from '../../../contract/result.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { chartData } from './chart-data.ts'
import { drawnText, fitLabels, tipText } from './chart-labels.ts'
import { chartOption } from './chart-option.ts'
import { applySettings } from './chart-request.ts'

describe('labels', () => {
  test.each<[string, readonly string[], number]>([
    ['numbered at the end', Array.from({ length: 6 }, (_none, at) => `Customer of the north 00000000${at}`), 14],
    [
      'that differ in the middle',
      ['north', 'south', 'west'].map((way) => `Department of the ${way} of the company`),
      12,
    ],
    ['that differ at the start', ['A', 'B'].map((start) => `${start} long name that is the same for all of them`), 10],
    ['that differ twice', ['1a', '2b', '1b', '2a'].map(([x, y]) => `item ${x} of a very long list, part ${y}`), 10],
    ['of two columns', ['PERU', 'CHINA'].map((nation) => `Customer of the north · Republic of ${nation} and more`), 12],
  ])('%s still differ when they are shortened', (_what, labels, most) => {
    const fitted = fitLabels(labels, most)
    expect(new Set(fitted).size).toBe(new Set(labels).size)
    for (const label of fitted) for (const line of label.split('\n')) expect(line.length).toBeLessThanOrEqual(most + 2)
  })

  test('hold nothing that turns, hides or marks up their neighbours', () => {
    expect(drawnText('a\u0000b\n\u202Egnp.exe\u2066')).toBe('a b gnp.exe')
    expect(drawnText('x'.repeat(1_000_000))).toHaveLength(300)
    expect(tipText('{bold|a}')).not.toContain('{bold')
  })

  test('of columns are drawn as text too, wherever they stand', () => {
    const hostile = `\u202E{a|x}<img src=x onerror=alert(1)>\u0007${'y'.repeat(100_000)}`
    const named = ['__proto__', 'constructor', hostile, `${hostile}2`].map((name, at): Column => ({
      name,
      type: '',
      kind: at === 0 ? 'text' : 'number',
      scale: null,
    }))
    const given = [
      ['__proto__', 1, 2, 3],
      ['constructor', 4, 5, 6],
      [hostile, 7, 8, 9],
    ]
    const about: ChartChoice = {
      kind: 'grouped-bar',
      allowed: ['grouped-bar', 'table'],
      x: 0,
      y: [1, 2, 3],
      series: null,
      title: '',
      reason: '',
    }
    const asked = { ...applySettings(about, null, 4), columns: named, rows: given, formats: makeFormats('en-US') }
    const { series, categories } = chartData(asked)
    expect(categories.map(({ label }) => label.slice(0, 16))).toEqual(['__proto__', 'constructor', '{a|x}<img src=x '])
    expect(series.map(({ name }) => name.slice(0, 11))).toEqual(['Constructor', '{a|x}<img s', '{a|x}<img s'])
    for (const { name } of series) expect(name.length).toBeLessThan(310)
    expect(new Set(series.map(({ name }) => name)).size).toBe(3)
    const { tooltip, aria } = chartOption(asked, 700) as {
      tooltip: { formatter: (items: unknown) => string }
      aria: { label: { description: string } }
    }
    const tip = tooltip.formatter([{ seriesIndex: 1, data: { at: 2 } }])
    for (const text of [tip, aria.label.description]) expect(text).not.toMatch(/\u202E/)
    expect(tip).not.toContain('{a|')
  })
})
