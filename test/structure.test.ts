import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const src = resolve(import.meta.dirname, '..', 'src')

const paths = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path) && !/\.test(-[a-z]+)?\.tsx?$/.test(path))

/** A named function, method, accessor or assigned arrow, with the lines it spans. */
interface Span {
  readonly place: string
  readonly lines: number
}

interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** The property of a node that holds its function, where the node names one. */
const functionOf: Readonly<Record<string, string>> = {
  VariableDeclarator: 'init',
  MethodDefinition: 'value',
  Property: 'value',
  PropertyDefinition: 'value',
  AssignmentExpression: 'right',
}

function namesFunction(node: SyntaxNode): boolean {
  if (node.type === 'FunctionDeclaration') return Reflect.get(node, 'body') !== null
  const value: unknown = Reflect.get(node, functionOf[node.type] ?? '')
  return isNode(value) && ['ArrowFunctionExpression', 'FunctionExpression'].includes(value.type)
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see)
  if (!isNode(value)) return
  see(value)
  for (const child of Object.values(value)) visit(child, see)
}

const readFile = (path: string) => {
  const text = readFileSync(join(src, path), 'utf8')
  const { program } = parseSync(path, text)
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const functions: Span[] = []
  const imports: string[] = []
  visit(program, (node) => {
    if (namesFunction(node))
      functions.push({
        place: `${path}:${lineOf(node.start)}`,
        lines: lineOf(node.end - 1) - lineOf(node.start) + 1,
      })
    const source: unknown = /^(Import|Export)/.test(node.type) ? Reflect.get(node, 'source') : null
    const specifier: unknown = isNode(source) ? Reflect.get(source, 'value') : null
    if (typeof specifier === 'string' && specifier.startsWith('.'))
      imports.push(relative(src, resolve(src, dirname(path), specifier)))
  })
  return { path, lines: text.split('\n').length - 1, functions, imports: new Set(imports) }
}

const files = paths.map(readFile)
const functions = files.flatMap((file) => file.functions)
const share = (part: number, whole: number): number => part / whole

test('files hold one idea each: at most ten of them per thousand lines', () => {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  expect(share(files.length * 1_000, lines)).toBeLessThanOrEqual(10)
})

test('at most 38 % of the files have a single importer', () => {
  const counts = new Map<string, number>()
  for (const file of files) for (const target of file.imports) counts.set(target, (counts.get(target) ?? 0) + 1)
  const single = paths.filter((path) => counts.get(path) === 1)
  expect(share(single.length, files.length)).toBeLessThanOrEqual(0.38)
})

test('at most 17 % of the named functions are one line long', () => {
  const short = functions.filter(({ lines }) => lines === 1)
  expect(share(short.length, functions.length)).toBeLessThanOrEqual(0.17)
})

test('19 of 20 functions have at most 30 lines', () => {
  const long = functions.filter(({ lines }) => lines > 30)
  expect(share(long.length, functions.length)).toBeLessThanOrEqual(0.05)
})
