// `npm start`: from a fresh clone to a served page.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, findNode, root } from './tree.mjs'

ensureInstalled()
const node = findNode()
ensureBuilt()
const server = spawn(node, [join(root, 'dist', 'main.js'), 'serve'], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
