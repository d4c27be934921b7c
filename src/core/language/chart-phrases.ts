import type { PhraseRow } from './phrase.ts'

const nouns = ['chart', 'graph', 'plot', 'diagram']
const forms = [...nouns, 'table']

/** A chart without a kind. Words that name one are taken off a question before it is read, by `withoutChartWords`. */
export const chartPhrases: readonly PhraseRow[] = [
  [nouns.map((noun) => `${noun} of|${noun} of the|${noun} showing|${noun} for`).join('|'), { is: 'lead' }],
  [
    forms.map((form) => `as a ${form}|as an ${form}|as ${form}|in a ${form}|with a ${form}`).join('|'),
    { is: 'filler' },
  ],
]
