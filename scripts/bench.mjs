// `npm run bench`: what Floe costs, as ratios taken in one run.
import { ensureBuilt, ensureInstalled, findNode, run } from './tree.mjs'

ensureInstalled()
ensureBuilt()
process.exit(run(findNode(), ['--expose-gc', 'bench/run.ts', ...process.argv.slice(2)]))
