import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { readHead, readText } from './text-file.ts'

/** Stands before the text of a number in a copy, so that numbers are told from text. */
export const numberMark = '\u0002'

/** The most digits that every double keeps. */
const safeDigits = 15

/**
 * Copies a JSON file with its numbers as text: those of an object's own keys with a mark before them, deeper ones only where they have more
 * digits than a double. Gives how many of the deeper ones there were.
 */
export async function quoteJsonNumbers(path: string, target: string): Promise<number> {
  const { encoding, text } = await readHead(path)
  /** A list of objects is one level deeper than a line with one. */
  const ownDepth = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('[')
    ? 2
    : 1
  let depth = 0
  let deeper = 0
  const quote = (token: string): string => {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (token.startsWith('"')) return token
    else if (depth === ownDepth) return `"\\u0002${token}"`
    else if (/\./.test(token) && token.replaceAll(/[^0-9]/g, '').length > safeDigits && !/e/i.test(token)) {
      deeper += 1
      return `"${token}"`
    }
    return token
  }
  async function* pieces(): AsyncGenerator<string> {
    let rest = ''
    for await (const piece of readText(path, encoding)) {
      const text = rest + piece
      // No token crosses the end of a line.
      const end = text.lastIndexOf('\n') + 1
      rest = text.slice(end)
      yield text.slice(0, end).replaceAll(tokens, quote)
    }
    yield rest.replaceAll(tokens, quote)
  }
  await pipeline(pieces(), createWriteStream(target))
  return deeper
}

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[{}[\]]/g
