/**
 * What makes a spreadsheet take a cell for a formula (OWASP, ASVS 1.2.10), full-width forms included, behind any blanks, quotes,
 * semicolons, control and zero-width characters that spreadsheets skip. A leading apostrophe counts too: doubling it keeps the
 * rule reversible. The text is a regular expression that JavaScript (`u`) and RE2 read alike.
 */
export const formulaPattern = String.raw`^(?:'|\p{Cc}|[\p{Z}\p{Cc}\p{Cf}"';]*[=+\-@＝＋－＠])`

/** A plain number, which stays a number even with a sign in front. The same two dialects read it. */
export const plainNumberPattern = String.raw`^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$`

const formula = new RegExp(formulaPattern, 'u')
const plainNumber = new RegExp(plainNumberPattern, 'u')

/** A cell's text for a spreadsheet: what would run as a formula gets a leading apostrophe, which makes it text. */
export const harmlessCell = (text: string): string =>
  formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
