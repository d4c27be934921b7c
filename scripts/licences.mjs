// The licences of the packages that are built into the server and the page, in one file.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const modules = `${sep}node_modules${sep}`

/** Writes to `path` what the packages of `files` ask to be shipped with them. Throws for a package that states no licence. */
export function writeLicences(files, path) {
  const folders = new Set(files.flatMap((file) => packageOf(file) ?? []))
  const entries = [...folders].map(describe).sort((a, b) => (a.title < b.title ? -1 : 1))
  const texts = new Map()
  for (const { title, text } of entries) texts.set(text, [...(texts.get(text) ?? []), title])
  const parts = [...texts].map(([text, titles]) => `${[...new Set(titles)].join('\n')}\n\n${text}\n`)
  const rule = `\n${'-'.repeat(80)}\n\n`
  writeFileSync(path, ['Floe contains these packages.\n', ...parts].join(rule))
}

/** The folder of the package that a file belongs to; null for one of ours. */
function packageOf(file) {
  // Virtual modules of bundlers carry a mark in front and a query behind.
  const path = file.replace(/^\0/, '').replace(/\?.*$/, '')
  const at = path.lastIndexOf(modules)
  if (at < 0) return null
  const [first = '', second = ''] = path.slice(at + modules.length).split(sep)
  const folder = join(path.slice(0, at + modules.length), first, first.startsWith('@') ? second : '')
  return existsSync(join(folder, 'package.json')) ? folder : null
}

/** Packages whose manifest says nothing a program can read; what their files say was read by people. */
const licencesRead = { 'simple-lru-cache': 'MIT' }

function describe(folder) {
  const { name, version, license, licenses, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const stated =
    license?.type ?? license ?? licenses?.map((each) => each.type ?? each).join(' OR ') ?? licencesRead[name]
  const files = readdirSync(folder).filter((each) => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i.test(each))
  if (stated === undefined) throw new Error(`The package ${name} states no licence.`)
  const by = typeof author === 'string' ? author : author?.name
  const unwritten = `The package holds no text of its licence, ${stated}.${by === undefined ? '' : ` Its author: ${by}`}`
  const texts = files.map((each) => readFileSync(join(folder, each), 'utf8').trim())
  return { title: `${name} ${version} (${stated})`, text: texts.length === 0 ? unwritten : texts.join('\n\n') }
}
