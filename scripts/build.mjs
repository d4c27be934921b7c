// Builds the server into dist and the page into dist/web.
import { spawn } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, root, startBuild } from './tree.mjs'

const node = findNode()
const finishBuild = startBuild()
const tool = (name, ...args) =>
  new Promise((done) => {
    const child = spawn(node, [join(root, 'node_modules', ...name), ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    child.on('exit', (code) => done(code ?? 1))
  })

rmSync(join(root, 'dist'), { recursive: true, force: true })
const codes = await Promise.all([
  tool(['typescript', 'bin', 'tsc'], '-p', 'tsconfig.build.json'),
  tool(['vite', 'bin', 'vite.js'], 'build', '--logLevel', 'warn'),
])
if (codes.some((code) => code !== 0)) process.exit(1)
const migrations = join('adapters', 'postgres', 'migrations')
cpSync(join(root, 'src', migrations), join(root, 'dist', migrations), { recursive: true })

// An empty embedded database, so that a first start need not make one.
const { writeTemplate } = await import(new URL('../dist/adapters/postgres/embedded/write-template.js', import.meta.url))
await writeTemplate(join(root, 'dist', 'embedded-template.tar.gz'))
finishBuild()
