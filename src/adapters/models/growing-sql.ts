/** Reads a JSON text that may still be growing; the AI SDK's `parsePartialJson`. */
export type ParsePartialJson = (text: string) => Promise<{ readonly value?: unknown }>

/** Follows the `sql` field of an answer while the answer is being written. */
export interface GrowingSql {
  /** Takes the next piece of the answer; returns what the SQL grew by. */
  push(piece: string): Promise<string>
  /** What was not returned yet, once the answer is whole. */
  rest(): Promise<string>
}

export function makeGrowingSql(parsePartialJson: ParsePartialJson): GrowingSql {
  let text = ''
  let shown = ''
  let readAgainAt = 0

  const read = async (whole: boolean) => {
    const { value } = await parsePartialJson(text)
    const sql = sqlOf(value)
    // Half of a surrogate pair waits for its other half.
    const ready = whole ? sql : sql.replace(/[\ud800-\udbff]$/, '')
    if (!ready.startsWith(shown)) return ''
    const grown = ready.slice(shown.length)
    shown = ready
    return grown
  }
  return {
    async push(piece) {
      text += piece
      if (text.length < readAgainAt) return ''
      // Reading starts from the beginning each time: rarer as the text grows keeps the sum linear.
      readAgainAt = text.length + Math.floor(text.length / 64)
      return read(false)
    },
    rest: () => read(true),
  }
}

const sqlOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'sql' in value && typeof value.sql === 'string' ? value.sql : ''
