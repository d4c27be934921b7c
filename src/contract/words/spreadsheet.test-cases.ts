/** Cells that a spreadsheet would run, each with what makes it one. */
export const formulaCells: readonly (readonly [why: string, text: string])[] = [
  ['a formula', '=1+1'],
  ['a plus in front of words', '+cmd'],
  ['a dash in front of words', '-cmd'],
  ['a dash alone', '-'],
  ['an at sign', '@SUM'],
  ['full-width signs', '＝1'],
  ['a blank before', ' =1+1'],
  ['a no-break space before', '\u00a0=1+1'],
  ['a zero-width space before', '\u200b=1+1'],
  ['a byte order mark before', '\ufeff=1+1'],
  ['a quote before', '"=1+1'],
  ['a semicolon before', ';=1+1'],
  ['an apostrophe, so that removing one gives the text back', "'=1+1"],
  ['a tab', '\tx'],
  ['a line break', '\nx'],
  ['NUL', '\0x'],
  ['an infinity', '-inf'],
]

/** Cells that stay as they are. */
export const plainCells: readonly string[] = [
  '',
  'plain',
  '-1.5',
  '+2e10',
  '0012',
  'a=b',
  ' words',
  '"quoted"',
  '1996-01-02',
  '(555) 1-2',
  'été',
  '[=1]',
]

/** All of them, for writers that decide in another language. */
export const spreadsheetCells: readonly string[] = [...formulaCells.map(([, text]) => text), ...plainCells]
