// Lays out in a folder what the image holds beside Node: the built server and the packages that its bundle leaves outside.
//   node scripts/image-tree.mjs FOLDER [amd64|arm64]
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { outside } from './bundle.mjs'
import { root } from './tree.mjs'

const [folder, architecture = process.arch] = process.argv.slice(2)
const cpu = { amd64: 'x64' }[architecture] ?? architecture

// npm chooses native packages by the processor that it is told, and checks each against the lockfile.
const installed = mkdtempSync(join(tmpdir(), 'floe-image-'))
for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, name), join(installed, name))
const args = ['ci', '--omit=dev', '--ignore-scripts', '--loglevel=error', '--os=linux', '--libc=glibc', `--cpu=${cpu}`]
const { status } = spawnSync('npm', args, { cwd: installed, stdio: 'inherit' })
if (status !== 0) process.exit(1)

const isRead = (path) => !/\.(?:map|d\.[cm]?ts|md)$/i.test(path) || /licen[cs]e|notice/i.test(path)
mkdirSync(folder, { recursive: true })
for (const name of ['package.json', 'LICENSE']) cpSync(join(root, name), join(folder, name))
cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true, filter: isRead })
const modules = join(installed, 'node_modules')
for (const name of listPackages(modules).filter((each) => outside.some((pattern) => pattern.test(each))))
  cpSync(join(modules, name), join(folder, 'node_modules', name), {
    recursive: true,
    filter: (path) => isRead(relative(modules, path)),
  })
rmSync(installed, { recursive: true, force: true })

function listPackages(path) {
  return readdirSync(path).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(path, name)).map((each) => `${name}/${each}`) : [name],
  )
}
