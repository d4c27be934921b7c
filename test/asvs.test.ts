import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The cells of each row of a page's tables whose first cell matches. */
const rowsOf = (page: string, first: RegExp): readonly (readonly string[])[] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([cell = '']) => first.test(cell))

/** What a cell names as proof: tests by file and title, pages by file and heading. */
const proofsIn = (cell = ''): readonly (readonly [path: string, title: string])[] =>
  cell
    .split('<br>')
    .filter((part) => part !== '')
    .map((part) => {
      const [path = '', title = ''] = part.split(' › ', 2)
      return [path.replaceAll('`', ''), title]
    })

const texts = new Map<string, string>()
function textOf(path: string): string {
  const text = texts.get(path) ?? read(path)
  texts.set(path, text)
  return text
}

/** Whether a test of this title, or a heading, is where it is said to be. */
function isThere([path, title]: readonly [path: string, title: string]): boolean {
  if (!existsSync(join(root, path)) || title === '') return false
  if (path.endsWith('.md'))
    return textOf(path)
      .split('\n')
      .some((line) => line.replace(/^#+ /, '') === title && line !== title)
  return (
    /\.(?:test|spec)\.tsx?$/.test(path) && ["'", '"', '`'].some((quote) => textOf(path).includes(quote + title + quote))
  )
}
const missing = (cells: readonly (string | undefined)[]): readonly string[] =>
  cells
    .flatMap((cell) => proofsIn(cell))
    .filter((proof) => !isThere(proof))
    .map((proof) => proof.join(' › '))

describe('docs/asvs.md', () => {
  const rows = rowsOf('docs/asvs.md', /^V\d/)
  const states = ['met', 'not applicable', 'open']

  test('holds every requirement of levels 1 and 2 once', () => {
    const ids = JSON.parse(read('test/data/asvs-ids.json')) as Record<string, readonly string[]>
    const stated = rows.map(([id]) => id)
    expect(stated).toHaveLength(253)
    expect(new Set(stated)).toEqual(new Set(Object.values(ids).flat()))
    expect(new Set(stated).size).toBe(stated.length)
  })

  test('says of each whether it is met, and how, or what is missing', () => {
    expect(rows.filter(([, state = '', words = '']) => !states.includes(state) || words.length < 5)).toEqual([])
    // What is met is shown; what is not claims no proof.
    expect(rows.filter(([, state, , proof = '']) => (state === 'met') !== (proof !== ''))).toEqual([])
  })

  test('names tests and headings that exist', () => {
    expect(missing(rows.map(([, , , proof]) => proof))).toEqual([])
  })

  test('counts them right', () => {
    const [met, unused, open] = states.map((state) => rows.filter(([, each]) => each === state).length)
    expect(read('docs/asvs.md')).toContain(
      `Of ${rows.length} requirements ${met} are met, ${unused} are not applicable and ${open} are open.`,
    )
  })
})

describe('docs/security.md', () => {
  const risks = rowsOf('docs/security.md', /^(?:A|LLM)\d\d /)

  test('goes through both lists of ten risks, and names tests that exist', () => {
    const ten = Array.from({ length: 10 }, (_risk, at) => String(at + 1).padStart(2, '0'))
    const ids = risks.map(([risk = '']) => risk.split(' ')[0])
    expect(ids).toEqual([...ten.map((number) => `A${number}`), ...ten.map((number) => `LLM${number}`)])
    expect(risks.filter(([, , proof = '']) => proof === '')).toEqual([])
    expect(missing(risks.map(([, , proof]) => proof))).toEqual([])
  })

  test('no page says that Floe complies with a standard', () => {
    const pages = ['README.md', 'SECURITY.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))]
    const claiming = pages.filter((page) => page.endsWith('.md') && /complian(?:t|ce)|complies/i.test(read(page)))
    expect(claiming).toEqual([])
  })
})

describe('docs/faults.md', () => {
  const faults = rowsOf('docs/faults.md', /^(?!Fault$|-)/)

  test('says of each fault how it is injected, and names tests that exist or says that there is none', () => {
    expect(faults).toHaveLength(27)
    expect(faults.filter(([, injected = '', proof = '', open = '']) => injected === '' || proof + open === '')).toEqual(
      [],
    )
    expect(missing(faults.map(([, , proof]) => proof))).toEqual([])
  })
})

test('no code of ours asks for a hash or cipher beside those of docs/security.md', () => {
  const asking = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test(?:-[a-z]+)?\.tsx?$/.test(path))
    .map((path) => read(join('src', path)))
    .filter((text) => text.includes("from 'node:crypto'"))
  const found = asking.flatMap((text) => [
    ...[...text.matchAll(/(?:createHash|createHmac|hkdfSync|pbkdf2\w*|createSign|createVerify)\(\s*([^,)]+)/g)].map(
      ([, name]) => name,
    ),
    ...(text.match(/'(?:aes|aria|camellia|chacha|des[3-]|rc4)[\w-]*'/gi) ?? []),
  ])
  expect(asking.length).toBeGreaterThan(5)
  expect(new Set(found)).toEqual(new Set(["'aes-256-gcm'", "'sha256'"]))
})
