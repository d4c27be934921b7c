// `npm run load` and `npm run soak`: many people at once on a server of their own, and what that costs.
import { ensureBuilt, ensureInstalled, findNode, run } from './tree.mjs'

ensureInstalled()
ensureBuilt()
process.exit(run(findNode(), ['bench/crowd/run-crowd.ts', ...process.argv.slice(2)]))
