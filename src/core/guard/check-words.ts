import type { Token } from './scan-sql.ts'
import type { Fault, RefusalCode } from './verdict.ts'

/** Words that Snowflake reserves for statements that change something: in a query they can be no name unless quoted. */
const changing = new Set('ALTER CREATE DELETE DROP GRANT INSERT INTO REVOKE SET TRIGGER UPDATE'.split(' '))

/** Words that no plain query holds, whatever the parsers make of them. */
export function checkWords(tokens: readonly Token[]): readonly Fault[] {
  const faults: Fault[] = []
  for (const [index, token] of tokens.entries()) {
    const found = wordFault(token, tokens[index - 1], tokens[index + 1])
    if (found !== null) faults.push(found)
  }
  return faults
}

function wordFault(token: Token, before: Token | undefined, after: Token | undefined): Fault | null {
  if (token.kind !== 'word' && token.kind !== 'quoted') return null
  const name = token.kind === 'word' ? token.word : token.text.slice(1, -1).toUpperCase()
  if ((name === 'NEXTVAL' || name === 'CURRVAL') && before?.text === '.') {
    return fault(token, 'sequence_access', 'Reading a sequence advances it.', 'Number rows with ROW_NUMBER() instead.')
  }
  if (name.startsWith('METADATA$')) {
    return fault(token, 'stage_access', `${name} tells of files and changes, not of rows.`, 'Leave it out.')
  }
  const isPart = before?.text === '.' || before?.text === ':'
  const isCall = name === 'INSERT' && after?.text === '('
  if (token.kind === 'quoted' || isPart || isCall || !changing.has(name)) return null
  return fault(
    token,
    'writes',
    `${name} belongs to statements that change something.`,
    'Put quotes around it if it is a name.',
  )
}

const fault = ({ start, end }: Token, code: RefusalCode, reason: string, action: string): Fault => ({
  code,
  reason,
  action,
  span: { start, end },
})
