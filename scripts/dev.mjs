// `npm run dev`: the server restarts and the page reloads when a source changes. The page is on Vite's address.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, findNode, root } from './tree.mjs'

ensureInstalled()
const node = findNode()
const children = [
  spawn(node, ['--watch', '--watch-preserve-output', join(root, 'src', 'main.ts'), 'serve'], {
    stdio: 'inherit',
    // The page comes from Vite's address, which the server must then accept.
    env: { PUBLIC_URL: 'http://127.0.0.1:5173', ...process.env },
  }),
  spawn(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js')], { cwd: root, stdio: 'inherit' }),
]
const stop = (signal) => children.forEach((child) => child.kill(signal))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal))
for (const child of children) {
  child.on('exit', (code) => {
    stop('SIGTERM')
    process.exitCode = code ?? 0
  })
}
