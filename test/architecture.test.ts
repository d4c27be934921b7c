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
  'config.ts': ['contract', 'core'],
  'compose.ts': ['contract', 'core', 'adapters', 'config.ts'],
  'start-program.ts': ['http', 'cli', 'config.ts', 'compose.ts'],
  'main.ts': ['start-program.ts'],
}

/** Packages that these layers may import; nothing else, and no Node built-in. */
const vendorsOf: Record<string, readonly string[]> = {
  contract: ['zod', '@orpc/contract'],
  core: [],
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

describe('layers', () => {
  test.each(shipped)('%s imports only what its layer may', (path) => {
    const layer = layerOf(path)
    const allowed = mayImport[layer]
    expect(allowed, `layer ${layer} is not in the import table`).toBeDefined()
    for (const specifier of importsOf(path)) {
      if (specifier.startsWith('.')) {
        const target = layerOf(targetOf(path, specifier))
        expect([layer, ...(allowed ?? [])], `${path} imports ${specifier}`).toContain(target)
      } else if (vendorsOf[layer] !== undefined) {
        expect(vendorsOf[layer], `${path} imports ${specifier}`).toContain(specifier)
      }
    }
  })

  test.each(shipped.filter((path) => path.startsWith('adapters/')))(
    '%s imports no other adapter than the basic ones',
    (path) => {
      const own = path.split('/')[1]
      for (const specifier of importsOf(path).filter((s) => s.startsWith('.'))) {
        const target = targetOf(path, specifier).split('/')
        if (target[0] === 'adapters')
          expect(
            [own, ...(basicAdapters.includes(own ?? '') ? [] : basicAdapters)],
            `${path} imports ${specifier}`,
          ).toContain(target[1])
      }
    },
  )

  test.each(shipped.filter((path) => path.startsWith('web/features/')))('%s imports no other feature', (path) => {
    const own = path.split('/')[2]
    for (const specifier of importsOf(path).filter((s) => s.startsWith('.'))) {
      const target = targetOf(path, specifier).split('/')
      if (target[0] === 'web' && target[1] === 'features') expect(target[2], `${path} imports ${specifier}`).toBe(own)
    }
  })
})

describe('shape', () => {
  test('no import cycles, type-only imports included', () => {
    const graph = new Map(
      files.map((path) => [
        path,
        importsOf(path)
          .filter((s) => s.startsWith('.'))
          .map((s) => targetOf(path, s)),
      ]),
    )
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

  test.each(files)('%s has at most 300 lines and lies at most three folders deep', (path) => {
    expect(textOf(path).split('\n').length).toBeLessThanOrEqual(301)
    expect(path.split('/').length - 1).toBeLessThanOrEqual(3)
  })

  test.each(shipped.filter((path) => path !== 'config.ts'))('%s does not read the environment', (path) => {
    expect(textOf(path)).not.toMatch(/process\s*\.\s*env|import\.meta\.env/)
  })

  test('no drawers', () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|shared|common|misc)(\/|\.tsx?$)/.test(path))).toEqual([])
  })
})

describe('documents', () => {
  test.each(['ARCHITECTURE.md', 'README.md', 'CONTRIBUTING.md'])('every path that %s names exists', (name) => {
    const text = readFileSync(join(root, name), 'utf8')
    const paths = [...text.matchAll(/`((?:src|test|e2e|bench|docs|scripts|bin|deploy)\/[\w./-]*)`/g)].map(
      (m) => m[1] ?? '',
    )
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('ARCHITECTURE.md has at most 120 lines', () => {
    expect(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(121)
  })

  test('nothing large is kept in src', () => {
    expect(files.filter((path) => statSync(join(src, path)).size > 100_000)).toEqual([])
  })
})
