#!/usr/bin/env node
// The command line. In a checkout it installs and builds what is missing, then runs on the Node that the lockfile pins.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, findNode, root, runProgram } from '../scripts/tree.mjs'

ensureInstalled()
const node = findNode()
ensureBuilt()
const main = join(root, 'dist', 'main.js')
if (realpathSync(node) === realpathSync(process.execPath)) {
  process.argv[1] = main
  await import(main)
} else {
  runProgram(node, [main, ...process.argv.slice(2)])
}
