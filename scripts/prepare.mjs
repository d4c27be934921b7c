// Runs after every install: sets the git hooks and makes `npx floe` work inside the checkout.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { markInstalled, root } from './tree.mjs'

if (existsSync(join(root, '.git'))) spawnSync('git', ['config', 'core.hooksPath', '.githooks'], { cwd: root })
const link = join(root, 'node_modules', '.bin', 'floe')
if (process.platform !== 'win32' && lstatSync(link, { throwIfNoEntry: false }) === undefined) {
  symlinkSync(join('..', '..', 'bin', 'floe.mjs'), link)
  chmodSync(join(root, 'bin', 'floe.mjs'), 0o755)
}
markInstalled()
