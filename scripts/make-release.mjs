// Makes the files of a release in .cache/release: the source of the tag, the bill of materials, the notes, and their digests.
//   node scripts/make-release.mjs v1.2.3
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tree.mjs'

const tag = process.argv[2] ?? ''
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
if (tag !== `v${version}`) end(`The tag is "${tag}", but package.json says ${version}.`)
const notes = readNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))
if (notes === '') end(`CHANGELOG.md has nothing under "## ${version}".`)

const folder = join(root, '.cache', 'release')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const name = `floe-${version}`
print('git', ['archive', '--format=tar.gz', `--prefix=${name}/`, '-o', join(folder, `${name}.tar.gz`), 'HEAD'])
writeFileSync(join(folder, `${name}.cdx.json`), print(process.execPath, [join(root, 'scripts', 'sbom.mjs')]))
writeFileSync(join(folder, 'NOTES.md'), `${notes}\n`)
const digestOf = (file) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex')
const lines = readdirSync(folder).map((file) => `${digestOf(file)}  ${file}\n`)
writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''))
process.stdout.write(lines.join(''))

/** What CHANGELOG.md says of this version, without its head. */
function readNotes(changelog) {
  const section = changelog.split(/^## /m).find((part) => part.split(/[\s\]]/, 1)[0].replace('[', '') === version)
  return (section ?? '').split('\n').slice(1).join('\n').trim()
}

/** What a command prints; the script ends where it fails. */
function print(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) end(`"${command}" failed.`)
  return stdout
}

function end(reason) {
  console.error(reason)
  process.exit(1)
}
