import type { Token } from './scan-sql.ts'
import type { Fault } from './verdict.ts'

/** Names that look like columns and are more: they move a sequence on, or tell of files. */
export function checkWords(tokens: readonly Token[]): readonly Fault[] {
  return tokens.flatMap((token, index) => wordFault(token, tokens[index - 1]) ?? [])
}

function wordFault(token: Token, before: Token | undefined): Fault | null {
  if (token.kind !== 'word' && token.kind !== 'quoted') return null
  const name = token.text.replace(/^"|"$/g, '').toUpperCase()
  const span = { start: token.start, end: token.end }
  if ((name === 'NEXTVAL' || name === 'CURRVAL') && before?.text === '.') {
    return {
      code: 'sequence_access',
      reason: 'Reading a sequence advances it.',
      action: 'Number rows with ROW_NUMBER() instead.',
      span,
    }
  }
  if (name.startsWith('METADATA$')) {
    return {
      code: 'stage_access',
      reason: `${name} tells of files and changes, not of rows.`,
      action: 'Leave it out.',
      span,
    }
  }
  return null
}
