import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const web = resolve(import.meta.dirname, '..', 'src', 'web')

const paths = readdirSync(web, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path) && !/\.test(-[a-z]+)?\.tsx?$/.test(path) && !path.startsWith('words/'))

/** Capitalised words that are names of keys, events, types or errors, and no texts. */
const names =
  /^(?:Enter|Escape|Esc|Tab|Home|End|Backspace|Delete|Control|Ctrl|Shift|Meta|Alt|Space|Page(?:Up|Down)|Arrow\w+|Mod|F\d+|\w*Error|Infinity|NaN|NULL|SQL|CSV|JSON|TSV|UTC|Floe|Snowflake|DuckDB|Gemini|Claude|Google|Anthropic|OpenAI|Deutsch|English|Markdown|Notification)$/

/** A text that people read: a capitalised word, or words that make a clause. Class names and codes are neither. */
const isText = (text: string): boolean =>
  !names.test(text.trim()) &&
  (/^\s*[A-Z][a-z’]+(?:[\s.,:!?…]|$)/.test(text) || /\b[a-z]+ [a-z]+[^<>]*[.?!…]\s*$/.test(text) || /[“”’…]/.test(text))

const readable = new Set(['aria-label', 'title', 'placeholder', 'label', 'about', 'alt'])

interface SyntaxNode {
  readonly type: string
  readonly start: number
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

const field = (node: unknown, name: string): unknown => (isNode(node) ? Reflect.get(node, name) : undefined)

/** The texts that a node holds itself. */
function textsOf(node: SyntaxNode): readonly string[] {
  if (node.type === 'JSXText') {
    const text = String(field(node, 'value'))
    return /[A-Za-z]{2}/.test(text) && !names.test(text.trim()) ? [text] : []
  }
  if (node.type === 'JSXAttribute') {
    const value = field(field(node, 'value'), 'value')
    return readable.has(String(field(field(node, 'name'), 'name'))) &&
      typeof value === 'string' &&
      /[A-Za-z]/.test(value)
      ? [value]
      : []
  }
  if (node.type === 'Literal') {
    const value = field(node, 'value')
    return typeof value === 'string' && isText(value) ? [value] : []
  }
  if (node.type === 'TemplateElement') {
    const cooked = field(field(node, 'value'), 'cooked')
    return typeof cooked === 'string' && isText(cooked) ? [cooked] : []
  }
  return []
}

/** What an exception says is for engineers: the page shows people a problem with words of its own. */
const isException = (node: SyntaxNode): boolean =>
  node.type === 'NewExpression' && String(field(field(node, 'callee'), 'name')).endsWith('Error')

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see)
  // A literal that is a type names a property or a variant.
  if (!isNode(value) || isException(value) || value.type === 'TSLiteralType') return
  see(value)
  for (const child of Object.values(value)) visit(child, see)
}

/** Every text that stands in a module instead of in `src/web/words`, as `file:line text`. */
function strayTexts(path: string): readonly string[] {
  const source = readFileSync(join(web, path), 'utf8')
  const found: string[] = []
  visit(parseSync(path, source).program, (node) => {
    for (const text of textsOf(node))
      found.push(`${path}:${source.slice(0, node.start).split('\n').length} ${text.trim()}`)
  })
  return found
}

test('what people read stands in src/web/words, ready for translation', () => {
  expect(paths.flatMap(strayTexts)).toEqual([])
})
