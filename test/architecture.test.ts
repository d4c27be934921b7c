import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')

/** What each layer may import from `src`. A layer may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  contract: [],
  core: ['contract'],
  dialect: ['core', 'contract'],
  adapters: ['dialect', 'core', 'contract'],
  http: ['core', 'contract'],
  mcp: ['core', 'contract'],
  cli: ['core', 'contract'],
  web: ['contract'],
  'config-values.ts': ['contract'],
  'config.ts': ['contract', 'core', 'config-values.ts'],
  wiring: ['contract', 'core', 'adapters', 'config.ts'],
  'compose.ts': ['contract', 'core', 'adapters', 'config.ts', 'wiring'],
  'start-program.ts': ['http', 'cli', 'config.ts', 'compose.ts'],
  'main.ts': ['start-program.ts'],
}

/** Packages that these layers may import; nothing else, and no Node built-in. */
const vendorsOf: Record<string, readonly string[]> = {
  /** The small form of zod, which the page loads first. */
  contract: ['zod/mini', '@orpc/contract'],
  /** Pure functions and data structures, without input or output. */
  core: ['big.js', 'lru-cache', 'tinyqueue'],
  dialect: [],
}

/** Adapters that any adapter may import: how processes are run and how HTTP is spoken. They import no adapter themselves. */
const basicAdapters: readonly string[] = ['processes', 'http-client']

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => path.replaceAll('\\', '/'))
const isTest = (path: string) => /\.test(-[a-z]+)?\.tsx?$/.test(path)
const shipped = files.filter((path) => !isTest(path))
const layerOf = (path: string) => path.split('/')[0] ?? path
const textOf = (path: string) => readFileSync(join(src, path), 'utf8')
const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s+'([^']+)'/g

const importsOf = (path: string): readonly string[] =>
  [...textOf(path).matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')

/** The path under `src` that a relative import names. */
const targetOf = (path: string, specifier: string) =>
  relative(src, resolve(src, dirname(path), specifier)).replaceAll('\\', '/')

/** Every relative import of a file, with the path under `src` that it names. */
const relativeImportsOf = (path: string) =>
  importsOf(path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ specifier, target: targetOf(path, specifier) }))

/** Each import that `isForbidden` finds, as `file imports specifier`; every rule expects none. */
const breaches = (paths: readonly string[], isForbidden: (path: string, target: string) => boolean) =>
  paths.flatMap((path) =>
    relativeImportsOf(path)
      .filter(({ target }) => isForbidden(path, target))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  )

describe('layers', () => {
  test('every layer is in the import table and imports only what it may', () => {
    expect(shipped.filter((path) => mayImport[layerOf(path)] === undefined)).toEqual([])
    const isForbidden = (path: string, target: string): boolean =>
      ![layerOf(path), ...(mayImport[layerOf(path)] ?? [])].includes(layerOf(target))
    expect(breaches(shipped, isForbidden)).toEqual([])
  })

  test('contract, core and dialect import no package but those of the list', () => {
    const foreign = shipped.flatMap((path) => {
      const allowed = vendorsOf[layerOf(path)]
      if (allowed === undefined) return []
      return importsOf(path)
        .filter((specifier) => !specifier.startsWith('.') && !allowed.includes(specifier))
        .map((specifier) => `${path} imports ${specifier}`)
    })
    expect(foreign).toEqual([])
  })

  test('an adapter imports no adapter but the basic ones, and those none', () => {
    const isForbidden = (path: string, target: string): boolean => {
      const [layer, named] = target.split('/')
      const own = path.split('/')[1] ?? ''
      const allowed = basicAdapters.includes(own) ? [own] : [own, ...basicAdapters]
      return layer === 'adapters' && !allowed.includes(named ?? '')
    }
    expect(
      breaches(
        shipped.filter((path) => path.startsWith('adapters/')),
        isForbidden,
      ),
    ).toEqual([])
  })

  test('a feature of the page imports no other feature', () => {
    const isForbidden = (path: string, target: string): boolean =>
      target.startsWith('web/features/') && target.split('/')[2] !== path.split('/')[2]
    expect(
      breaches(
        shipped.filter((path) => path.startsWith('web/features/')),
        isForbidden,
      ),
    ).toEqual([])
  })
})

describe('starting', () => {
  /** Native code and WebAssembly take a good part of the memory and of the start, and run in processes of their own. */
  const engines = ['@duckdb/node-api', '@electric-sql/pglite', '@polyglot-sql/sdk/manual', '@guanmingchiu/sqlparser-ts']
  const loadPattern =
    /(?:^|\n)\s*(?:import|export)\b(?!\s+type\b)[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'/g
  const loadsOf = (path: string): readonly string[] =>
    [...textOf(path).matchAll(loadPattern)].map((match) => match[1] ?? match[2] ?? '')

  test('the server’s own process loads no engine', () => {
    const reached = new Set<string>(['start-program.ts'])
    for (const path of reached)
      for (const specifier of loadsOf(path)) if (specifier.startsWith('.')) reached.add(targetOf(path, specifier))
    const loading = [...reached].filter((path) => loadsOf(path).some((specifier) => engines.includes(specifier)))
    expect(reached.size).toBeGreaterThan(100)
    expect(loading).toEqual([])
  })
})

describe('shape', () => {
  test('no import cycles, type-only imports included', () => {
    const graph = new Map(files.map((path) => [path, relativeImportsOf(path).map(({ target }) => target)]))
    const done = new Set<string>()
    const visit = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path)
      expect(at < 0 ? [] : [...trail.slice(at), path], 'cycle').toEqual([])
      if (done.has(path)) return
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
      done.add(path)
    }
    for (const path of graph.keys()) visit(path, [])
  })

  test('files have at most 300 lines and lie at most three folders deep', () => {
    expect(files.filter((path) => textOf(path).split('\n').length > 301)).toEqual([])
    expect(files.filter((path) => path.split('/').length > 4)).toEqual([])
  })

  test('only config.ts reads the environment', () => {
    const reading = shipped.filter((path) => /process\s*\.\s*env|import\.meta\.env/.test(textOf(path)))
    expect(reading).toEqual(['config.ts'])
  })

  test('no drawers', () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|shared|common|misc)(\/|\.tsx?$)/.test(path))).toEqual([])
  })
})

describe('documents', () => {
  test.each(['ARCHITECTURE.md', 'README.md', 'CONTRIBUTING.md', 'docs/changes.md'])(
    'every path that %s names exists',
    (name) => {
      const text = readFileSync(join(root, name), 'utf8')
      const paths = [...text.matchAll(/`((?:src|test|e2e|bench|docs|scripts|bin|deploy)\/[\w./-]*)`/g)].map(
        (m) => m[1] ?? '',
      )
      expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
    },
  )

  test('ARCHITECTURE.md has at most 120 lines', () => {
    expect(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(121)
  })

  test('nothing large is kept in src', () => {
    expect(files.filter((path) => statSync(join(src, path)).size > 100_000)).toEqual([])
  })
})
