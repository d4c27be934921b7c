// `npm start`: from a fresh clone to a served page. package.json runs it with `exec`, so that npm's signals reach it and not a shell.
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, findNode, root, runProgram } from './tree.mjs'

ensureInstalled()
const node = findNode()
ensureBuilt()
runProgram(node, [join(root, 'dist', 'main.js'), 'serve'])
