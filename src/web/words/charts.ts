import { inLanguage } from './language.ts'

/** The texts of what can be done with a chart: change it, keep it, read it as a table, go on from one of its marks. */
export const chartToolWords = inLanguage('chartTools', {
  edit: 'Change the chart',
  asTable: 'Chart’s data as a table',
  save: 'Save or copy the chart',
  yours: 'as you chose',
  noRows: 'No row matches, so there is nothing to draw.',
  reset: 'Back to the chosen chart',
  notKept: 'The chart could not be kept with the answer: {reason}',
  png: 'Picture (PNG)',
  svg: 'Drawing (SVG)',
  csv: 'Data of the chart (CSV)',
  copyPicture: 'Copy as picture',
  pictureCopied: 'The picture was copied.',
  pictureRefused: 'This browser does not let pages copy pictures. Save the chart as a picture instead.',
  pictureFailed: 'The picture could not be made.',
  file: '{title} (chart)',
  group: 'Group',
  markAbout: 'What to do with {mark}',
  from: 'From',
  to: 'To',
  whole: 'Show all',
  onlyRange: 'Show only these rows',
})

/** What can be done with one bar, slice or point. */
export const markWords = inLanguage('mark', {
  onlyRows: 'Show only these rows',
  ask: 'Ask about this value',
  close: 'Close',
})

/** The texts of the chart editor. */
export const chartEditorWords = inLanguage('chartEditor', {
  title: 'Change the chart',
  kind: 'Kind',
  axis: 'Along the axis',
  noColumn: 'nothing',
  measures: 'Numbers',
  series: 'Split by',
  panels: 'Each part in a small chart of its own',
  stacking: 'Bars and areas',
  stackings: { none: 'side by side', stacked: 'stacked', share: 'stacked to 100 %' },
  notAdded: 'These numbers do not add up, so they are not stacked and the rest is not put together.',
  order: 'Order',
  orders: { answer: 'as in the answer', value: 'highest first', label: 'by name' },
  most: 'Show at most',
  asFit: 'as many as fit',
  mostOf: { one: '{count} group', other: '{count} groups' },
  others: 'Put the rest together as one',
  numbers: 'Numbers are written',
  forms: { plain: 'as they are', compact: 'short', percent: 'as percent of 1' },
  digits: 'Digits after the point',
  digitsAuto: 'as many as needed',
  values: 'Write values beside the marks',
  unfinished: 'Mark periods that are not whole',
  colour: 'Colour of {series}',
  colourNumber: 'Colour {count}',
})

/** Questions stay English on every page, because what answers them without a model reads English. */
export const askWords = {
  only: 'Only for {parts}',
  onlyWhen: 'Only {when}',
  onlyBoth: 'Only for {parts} {when}',
  named: '{column} "{value}"',
  alone: '"{value}"',
  and: '{one} and {other}',
  within: 'in {period}',
  on: 'on {day}',
} as const
