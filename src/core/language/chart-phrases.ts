import type { PhraseRow } from './phrase.ts'

const kinds = [
  'bar',
  'column',
  'pie',
  'donut',
  'line',
  'area',
  'scatter',
  'stacked bar',
  'grouped bar',
  'horizontal bar',
]
const nouns = ['chart', 'graph', 'plot', 'diagram']

/** Names of charts of two words or more. */
export const chartNames: readonly string[] = kinds.flatMap((kind) => nouns.map((noun) => `${kind} ${noun}`))

const charts = [...chartNames, ...nouns, 'donut', 'doughnut', 'histogram', 'scatterplot']
const forms = [...charts, 'pie', 'bar', 'bars', 'line', 'lines', 'area', 'table']

/** How the answer is drawn is chosen from the question's words elsewhere; to the query these words add nothing. */
export const chartPhrases: readonly PhraseRow[] = [
  [charts.map((chart) => `${chart} of|${chart} of the|${chart} showing|${chart} for`).join('|'), { is: 'lead' }],
  [
    forms.map((form) => `as a ${form}|as an ${form}|as ${form}|in a ${form}|with a ${form}`).join('|'),
    { is: 'filler' },
  ],
]
