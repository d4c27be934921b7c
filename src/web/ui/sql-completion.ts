import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import { readName } from '../../contract/words/names.ts'
import type { NameSearch } from './name-search.ts'
import { commonFunctions, isReservedWord, queryKeywords, sqlIdentifier } from './snowflake-language.ts'

/** What completion may know of a connection. Both answer with nothing where that cannot be had. */
export interface SqlNames {
  readonly search: () => Promise<NameSearch | null>
  /** The columns of the one table that a path of names means. */
  readonly columns: (path: readonly string[]) => Promise<readonly { readonly name: string; readonly type: string }[]>
}

/** A table that a query reads, by the name or alias that its columns are qualified with. */
export interface ScopeTable {
  readonly alias: string
  readonly path: readonly string[]
}

const token =
  /'(?:[^']|'')*'?|\$\$[\s\S]*?(?:\$\$|$)|--.*|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"?|[\p{L}_][\p{L}\p{N}_$]*|[^\s]/gu
const isName = (text: string | undefined): text is string =>
  text !== undefined && /^(?:"|[\p{L}_])/u.test(text) && !isReservedWord(text)

/** The tables of every FROM and JOIN of a text, as far as it is written. */
export function tablesInScope(sql: string): readonly ScopeTable[] {
  const tokens = [...sql.matchAll(token)].map(([text]) => text).filter((text) => !/^(?:'|\$\$|--|\/\/|\/\*)/.test(text))
  const found: ScopeTable[] = []
  let inFrom = false
  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at]?.toUpperCase() ?? ''
    if (word === 'FROM' || word === 'JOIN') inFrom = true
    else if (!(inFrom && word === ',')) {
      if (isReservedWord(word) && !['AS', 'ON', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'NATURAL'].includes(word))
        inFrom = false
      continue
    }
    const path: string[] = []
    let next = at + 1
    while (isName(tokens[next])) {
      path.push(tokens[next] ?? '')
      next += 1
      if (tokens[next] !== '.') break
      next += 1
    }
    if (path.length === 0) continue
    if (tokens[next]?.toUpperCase() === 'AS') next += 1
    const alias = isName(tokens[next]) ? (tokens[next] ?? '') : (path.at(-1) ?? '')
    found.push({ alias: plain(alias), path: path.map(plain) })
  }
  return found
}

const plain = (text: string): string =>
  text.startsWith('"') ? text.replaceAll(/^"|"$/g, '').replaceAll('""', '"') : text

const beforeCaret = /((?:(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)\.)*)("(?:[^"]|"")*|[\p{L}_][\p{L}\p{N}_$]*)?$/u
const mostTables = 60

/** Makes the source of completions: names of the connection, aliases, keywords and the functions that the guard allows. */
export function makeCompletionSource(names: SqlNames): CompletionSource {
  return async (context) => {
    if (isInText(context)) return null
    const line = context.state.doc.lineAt(context.pos)
    const [, owners = '', word = ''] = beforeCaret.exec(context.state.sliceDoc(line.from, context.pos)) ?? []
    if (owners === '' && word === '' && !context.explicit) return null
    // A name that is given here is nothing to be found.
    if (/\bas\s+$/i.test(context.state.sliceDoc(line.from, context.pos - owners.length - word.length))) return null
    const from = context.pos - word.length
    const scope = tablesInScope(context.state.doc.toString())
    const path = readName(owners.slice(0, -1))?.map(({ text }) => text) ?? null
    const options =
      path === null
        ? await unqualified(names, { scope, word, wantsTable: wantsTable(context.state.sliceDoc(0, from)) })
        : await qualified(names, scope, path, word)
    return context.aborted || options.length === 0 ? null : resultOf(from, word, options)
  }
}

/** A quoted beginning is matched by its letters, and its quote is replaced with the rest. */
const resultOf = (from: number, word: string, options: readonly Completion[]): CompletionResult => ({
  from,
  options: word.startsWith('"') ? options.map((one) => ({ ...one, label: `"${one.label}` })) : [...options],
})

function isInText({ state, pos }: CompletionContext): boolean {
  const { name } = syntaxTree(state).resolveInner(pos, -1)
  return /^(?:String|LineComment|BlockComment|Number)$/.test(name)
}

/** Whether the word at the end of a text can only be a table. */
const wantsTable = (before: string): boolean => /\b(?:from|join)\s+(?:[^()]*,\s*)?$/i.test(before.slice(-400))

interface Wanted {
  readonly scope: readonly ScopeTable[]
  readonly word: string
  readonly wantsTable: boolean
}

async function unqualified(
  names: SqlNames,
  { scope, word, wantsTable: onlyTables }: Wanted,
): Promise<readonly Completion[]> {
  const search = await names.search()
  const letters = word.replaceAll('"', '')
  const tables = (search?.find(letters, mostTables) ?? [])
    .filter(({ kind }) => kind === 'table' || kind === 'view')
    .map(({ name, path, place }): Completion => ({
      label: name,
      detail: place,
      type: 'class',
      boost: onlyTables ? 20 : -20,
      apply: path.map(sqlIdentifier).join('.'),
    }))
  if (onlyTables) return tables
  const columns = await Promise.all(
    scope.map(async (table) => columnOptions(await names.columns(table.path), table.alias)),
  )
  const aliases = scope.map(({ alias, path }): Completion => ({
    label: alias,
    detail: path.join('.'),
    type: 'variable',
    boost: 10,
    apply: sqlIdentifierAsWritten(alias),
  }))
  return [
    ...columns.flat(),
    ...aliases,
    ...(letters.length > 1 ? tables : []),
    ...queryKeywords.map((label): Completion => ({ label: label.toUpperCase(), type: 'keyword' })),
    ...commonFunctions.map((label): Completion => ({
      label: label.toUpperCase(),
      type: 'function',
      apply: `${label.toUpperCase()}(`,
      boost: -5,
    })),
  ]
}

/** After `o.` the columns of the table that `o` stands for; after a schema or database its tables. */
async function qualified(
  names: SqlNames,
  scope: readonly ScopeTable[],
  path: readonly string[],
  word: string,
): Promise<readonly Completion[]> {
  const [only, ...more] = path
  const isSame = (a: string | undefined, b: string | undefined): boolean => a?.toUpperCase() === b?.toUpperCase()
  const meant = more.length === 0 ? scope.find(({ alias }) => isSame(alias, only)) : undefined
  const columns = await names.columns(meant?.path ?? path)
  if (columns.length > 0) return columnOptions(columns, meant?.alias ?? '')
  const search = await names.search()
  const letters = [...path, word.replaceAll('"', '')].join('.')
  const tables = (search?.find(letters, mostTables) ?? []).filter(({ kind }) => kind === 'table' || kind === 'view')
  return tables.map(({ name, path: full }) => {
    const written = full.slice(path.length < 2 ? 2 : path.length).map(sqlIdentifier)
    return { label: name, detail: full.slice(0, -1).join('.'), type: 'class', apply: written.join('.') }
  })
}

const columnOptions = (
  columns: readonly { readonly name: string; readonly type: string }[],
  alias: string,
): readonly Completion[] =>
  columns.map(({ name, type }) => ({
    label: name,
    detail: alias === '' ? type : `${type} · ${alias}`,
    type: 'property',
    boost: 30,
    apply: sqlIdentifier(name),
  }))

/** An alias is written as its query writes it; quoted only where it must be. */
const sqlIdentifierAsWritten = (alias: string): string =>
  /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(alias) && !isReservedWord(alias) ? alias : `"${alias.replaceAll('"', '""')}"`
