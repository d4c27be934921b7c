/** The parts of a name as Snowflake displays it, quotes undone; null for anything that is no plain path, such as a function's signature. */
export function splitPath(text: string): readonly string[] | null {
  const part = /"((?:[^"]|"")+)"|([^."():, ]+)/y
  const parts: string[] = []
  for (let at = 0; at <= text.length;) {
    part.lastIndex = at
    const found = part.exec(text)
    if (found === null) return null
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (part.lastIndex === text.length) return parts
    if (text[part.lastIndex] !== '.') return null
    at = part.lastIndex + 1
  }
  return null
}
