import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { exactCell } from '../../../contract/words/cells.ts'
import { csvLine } from '../../../contract/words/spreadsheet.ts'
import type { Theme } from '../../ui/theme.ts'
import { chartToolWords as words } from '../../words/charts.ts'
import { say } from '../../words/language.ts'
import { chartData } from './chart-data.ts'
import { drawnText, drawnTitle } from './chart-labels.ts'
import { chartTheme, groundOf, paletteOf } from './chart-look.ts'
import { chartHeightPx, chartOption } from './chart-option.ts'
import { paletteOrder, type ChartRequest } from './chart-request.ts'

// Pictures are drawn on a canvas of their own, which the page's policy allows where a picture of an SVG would be refused.
use([CanvasRenderer])

const widthPx = 960
const headPx = 48
const titleFont = '600 17px "Inter", system-ui, sans-serif'
/** Dots for each pixel, for print and dense screens. */
const density = 2

function drawOff(request: ChartRequest, theme: Theme, renderer: 'canvas' | 'svg') {
  const height = chartHeightPx(request, widthPx)
  // A canvas needs an element to measure its text in, which is never put on the page.
  const host = renderer === 'canvas' ? document.createElement('div') : null
  const size = { width: widthPx, height, devicePixelRatio: density }
  const chart = init(host, chartTheme(theme), { renderer, ssr: host === null, ...size })
  const color = paletteOf(theme, paletteOrder(request.look?.colours ?? []))
  // A picture cannot be zoomed.
  const { dataZoom: _zoom, ...option } = chartOption(request, widthPx)
  chart.setOption({ ...option, color, animation: false })
  return { chart, height }
}

/** The chart as a picture under its title, on the ground of the theme. */
export async function pictureOf(request: ChartRequest, theme: Theme): Promise<Blob> {
  const { chart, height } = drawOff(request, theme, 'canvas')
  try {
    const canvas = document.createElement('canvas')
    canvas.width = widthPx * density
    canvas.height = (height + headPx) * density
    const pen = canvas.getContext('2d')
    if (pen === null) throw new Error('There is no canvas to draw on.')
    const { ground, strong } = groundOf(theme)
    pen.fillStyle = ground
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(chart.renderToCanvas({ pixelRatio: density }), 0, headPx * density)
    pen.scale(density, density)
    pen.font = titleFont
    pen.fillStyle = strong
    pen.fillText(drawnText(request.choice.title), 16, 30, widthPx - 32)
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob === null ? reject(new Error('The picture is too large.')) : resolve(blob)),
        'image/png',
      )
    })
  } finally {
    chart.dispose()
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The chart as a drawing of lines and text under its title. */
export function drawingOf(request: ChartRequest, theme: Theme): Blob {
  const { chart, height } = drawOff(request, theme, 'svg')
  const { ground, strong } = groundOf(theme)
  const title = escaped(drawnText(request.choice.title))
  const drawing = chart.renderToSVGString().replace('<svg ', `<svg y="${headPx}" `)
  chart.dispose()
  const all = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${height + headPx}"><title>${title}</title><rect width="100%" height="100%" fill="${ground}"/><text x="16" y="30" fill="${strong}" style="font:${escaped(titleFont)}">${title}</text>${drawing}</svg>`
  return new Blob([all], { type: 'image/svg+xml' })
}

/** What the chart shows as CSV, every digit of it, with the mark by which spreadsheets know its encoding. */
export function chartCsv(request: ChartRequest): Blob {
  return new Blob(['\uFEFF', ...chartLines(request).map(csvLine)], { type: 'text/csv' })
}

/** What the chart shows: a line of heads, and one for each of its groups with exact values. */
export function chartLines(request: ChartRequest): readonly (readonly (string | null)[])[] {
  const { choice, columns } = request
  const { categories, series } = chartData(request)
  const along = columns[choice.x ?? -1]
  const head = [along === undefined ? words.group : drawnTitle(along), ...series.map(({ name }) => name)]
  const lines = categories.map(({ label }, at) => [
    label,
    ...series.map(({ points, y }) => {
      const point = points.find((each) => each.at === at)
      return point === undefined ? null : exactCell(point.cell, columns[y])
    }),
  ])
  return [head, ...lines]
}

/** A name that says what is inside, without characters that file systems refuse. */
export function fileName({ choice }: ChartRequest, ending: string): string {
  const title = drawnText(choice.title)
    .replaceAll(/[\\/:*?"<>|]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 80)
    .trim()
  return `${say(words.file, { title })}.${ending}`
}

/** Gives a file to the person as a download. */
export function giveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Puts a picture on the clipboard; false where the browser does not let this page. */
export async function copyPicture(picture: Promise<Blob>): Promise<boolean> {
  try {
    // The picture is handed over as a promise, because a browser that waits for it would forget that a person pressed.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
    return true
  } catch {
    return false
  }
}
