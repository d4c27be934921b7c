#!/usr/bin/env node
// The command line. In a checkout it installs and builds what is missing, then runs on the Node that the lockfile pins.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, findNode, root } from '../scripts/tree.mjs'

ensureInstalled()
const node = findNode()
ensureBuilt()
const main = join(root, 'dist', 'main.js')
if (realpathSync(node) === realpathSync(process.execPath)) {
  process.argv[1] = main
  await import(main)
} else {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}
