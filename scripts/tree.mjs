// What every command of the checkout stands on: the right Node, the installed packages, the built program.
// Plain JavaScript without packages: it runs on a bare machine before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const oldestNode = [22, 18]
const installStamp = join(root, 'node_modules', '.floe-installed')
const buildStamp = join(root, 'dist', '.stamp')

const isNewEnough = (version) => {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** The Node that runs Floe: the one the lockfile pins where its package exists for this platform, else the one running now. */
export function findNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node')
  const path = existsSync(pinned) ? pinned : process.execPath
  const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? ''
  if (!isNewEnough(version)) endForOldNode(path, version)
  return path
}

function endForOldNode(path, version) {
  console.error(
    `Floe needs Node ${oldestNode.join('.')} or newer, but ${path} is ${version || 'not runnable'}.\n` +
      'Install a newer Node, or remove node_modules and run the command again on Linux, where the right one is installed with the packages.',
  )
  process.exit(1)
}

/** Runs a command of the checkout with the pinned Node and the installed tools in front; returns its exit code. */
export function run(command, args, { env = {}, quiet = false } = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path, ...env },
    stdio: quiet ? 'pipe' : ['ignore', quiet ? 'pipe' : 2, 2],
    encoding: 'utf8',
  })
  if (result.error) throw result.error
  if (quiet && result.status !== 0) process.stderr.write(`${result.stdout}${result.stderr}`)
  return result.status ?? 1
}

/** Runs the built program as a child that gets this process's signals, and ends as it ends. */
export function runProgram(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

const hashOf = (paths) => {
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

const filesUnder = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(join(root, path)).isFile() && !/\.test(-[a-z]+)?\.tsx?$/.test(path))
    .sort()

const stampIs = (path, text) => existsSync(path) && readFileSync(path, 'utf8') === text

/** Installs the packages of the lockfile unless they are there already. */
export function ensureInstalled() {
  const wanted = hashOf(['package-lock.json'])
  if (stampIs(installStamp, wanted)) return
  console.error('Installing packages (once)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  if (run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true }) !== 0) {
    console.error(
      'The packages could not be installed. Check the network and the messages above, then run the command again.',
    )
    process.exit(1)
  }
  markInstalled()
  run(findNode(), ['scripts/prepare.mjs'])
}

/** Remembers that what the lockfile names is installed. */
export const markInstalled = () => writeFileSync(installStamp, hashOf(['package-lock.json']))

const buildHash = () =>
  hashOf([
    ...filesUnder('src'),
    'package-lock.json',
    'vite.config.ts',
    ...['build', 'bundle', 'licences'].map((name) => `scripts/${name}.mjs`),
  ])

/** Builds server and page unless what is built matches the sources. */
export function ensureBuilt() {
  if (stampIs(buildStamp, buildHash())) return
  console.error('Building…')
  if (run(findNode(), ['scripts/build.mjs']) !== 0) process.exit(1)
}

/** Notes the sources now; the returned function remembers that what is built matches them. */
export function startBuild() {
  const built = buildHash()
  return () => {
    mkdirSync(dirname(buildStamp), { recursive: true })
    writeFileSync(buildStamp, built)
  }
}
