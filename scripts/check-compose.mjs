// `npm run compose:check`: runs the commands of "With Compose" in docs/operate.md, as they stand there, and uses what they bring up.
// Wants Docker with its Compose plugin, free ports 80 and 443, and the image that `npm run image:check` has built.
//   IMAGE_BASES=stand-in IMAGE_ENGINE=podman npm run compose:check     where no registry of images is reached, after image:check with the same
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { OAuth2Server } from 'oauth2-mock-server'
import { BrowserClient } from '../test/support/browser-client.ts'
import { person } from '../test/support/openid-issuer.ts'
import { openSocket } from '../test/support/started-server.ts'
import { root } from './tree.mjs'

const image = 'localhost/floe:check'
const nextImage = 'localhost/floe:check-next'
const address = 'https://localhost'
// The check itself plays the issuer, at the address that this machine has in the network of the copies.
const issuerHost = '172.30.87.1'
const issuerPort = 9443
const folder = mkdtempSync(join(tmpdir(), 'floe-compose-'))
const stack = join(folder, 'deploy', 'compose')

const tell = (what) => console.log(`· ${what}`)
const since = (begun) => `${((performance.now() - begun) / 1_000).toFixed(1)} s`

/** Runs lines of a shell as somebody types them in the folder of the stack; returns what they printed. */
async function type(lines, { cwd = stack, env = {} } = {}) {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', lines], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, all] = ['', '']
  child.stdout.on('data', (chunk) => (out += chunk))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (all += chunk))
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  assert.equal(code, 0, `${lines}\n${all}`)
  return out.trim()
}

/** What is to be typed under a heading of docs/operate.md, a text a block. */
function readBlocks(heading) {
  const text = readFileSync(join(root, 'docs', 'operate.md'), 'utf8')
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block]) => block)
}

/** An editor that sets variables of the file it is given. */
function editorThatSets(values) {
  const path = join(folder, `edit-${randomUUID()}.mjs`)
  const edit = `import { readFileSync, writeFileSync } from 'node:fs'
const lines = readFileSync(process.argv[2], 'utf8').split('\\n')
for (const [name, value] of Object.entries(${JSON.stringify(values)})) {
  const at = lines.findIndex((line) => line.replace(/^# /, '').startsWith(name + '='))
  lines.splice(at === -1 ? lines.length : at, 1, name + '=' + value)
}
writeFileSync(process.argv[2], lines.join('\\n') + '\\n')`
  writeFileSync(path, edit)
  return { EDITOR: `${process.execPath} ${path}` }
}

async function makeCertificate() {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'issuer.pem')]
  const names = `-subj /CN=issuer -addext subjectAltName=IP:${issuerHost}`
  await type(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ${names} -keyout '${key}' -out '${cert}'`,
    { cwd: folder },
  )
  return { key, cert }
}

async function startIssuer({ key, cert }) {
  const issuer = new OAuth2Server(key, cert)
  await issuer.issuer.keys.generate('RS256')
  await issuer.start(issuerPort, issuerHost)
  issuer.issuer.url = `https://${issuerHost}:${issuerPort}`
  issuer.service.on('beforeTokenSigning', ({ payload }) => Object.assign(payload, person('ada')))
  return issuer
}

/** What the copies need here and nowhere else: the issuer's certificate. */
const override = `services:
${['app-1', 'app-2', 'backup']
  .map(
    (name) => `  ${name}:
    environment: { NODE_EXTRA_CA_CERTS: /etc/issuer.pem }
    volumes: ['${join(folder, 'issuer.pem')}:/etc/issuer.pem:ro']`,
  )
  .join('\n')}
`

const first = {
  FLOE_HOST: 'localhost',
  FLOE_BIND: '127.0.0.1',
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  GRAFANA_PASSWORD: randomBytes(24).toString('hex'),
  SECRET_KEYS: `2026:${randomBytes(32).toString('base64')}`,
  OIDC_CLIENT_ID: 'floe',
  OIDC_CLIENT_SECRET: 'a secret of the check',
  OIDC_ISSUER: `https://${issuerHost}:${issuerPort}`,
  ADMIN_EMAILS: 'ada@example.com',
  FLOE_IMAGE: image,
}

async function signIn() {
  const browser = new BrowserClient(address)
  const response = await browser.signIn()
  assert.equal(response.status, 303, await response.text())
  return browser
}

/** Asks and waits for the end of the events. */
async function askByEvents(browser, question) {
  const response = await browser.request('/api/v1/turns', {
    method: 'POST',
    headers: { origin: address, 'content-type': 'application/json' },
    body: JSON.stringify({ question, autoRun: true }),
  })
  const events = await response.text()
  assert.match(events, /"turn\.done"/, events.slice(-500))
}

async function askBySocket(browser, question) {
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
  const socket = await openSocket('wss://localhost/api/v1/socket', { headers: { cookie, origin: address } })
  socket.say({ command: 'ask', id: 'a', ask: { question, autoRun: true } })
  await socket.until((frames) => frames.some(({ kind }) => kind === 'turn.done'))
  socket.socket.close()
}

const questions = {
  events: 'How many orders were placed per year?',
  socket: 'How many customers are there?',
  alone: 'How many suppliers are there?',
  later: 'How many parts are there?',
}

async function listQuestions(browser) {
  const { status, body } = await browser.json('GET', '/api/v1/conversations')
  assert.equal(status, 200)
  return Object.values(questions).filter((question) => JSON.stringify(body).includes(question))
}

/** Asks again and again whether the stack answers, until the returned function is called; that fails where it ever did not. */
function watch() {
  const failures = []
  let [isOver, count] = [false, 0]
  const watched = (async () => {
    while (!isOver) {
      const answer = await fetch(`${address}/healthz`).then((response) => response.text(), String)
      count += 1
      if (answer !== '{"status":"ok"}') failures.push(answer)
      await delay(50)
    }
  })()
  return async () => {
    isOver = true
    await watched
    assert.deepEqual(failures, [], `of ${count} requests`)
    return count
  }
}

async function bringUp(install) {
  cpSync(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true })
  writeFileSync(join(stack, 'compose.override.yaml'), override)
  const certificate = await makeCertificate()
  // The image is built already; the issuer needs the network before the copies start.
  const lines = install.replace(/^docker compose build.*$/m, 'docker compose create --quiet-pull')
  const up = lines.split('\n').findLastIndex((line) => line.startsWith('docker compose up'))
  const [before, after] = [lines.split('\n').slice(0, up), lines.split('\n').slice(up)]
  await type(before.join('\n'), { cwd: folder, env: editorThatSets(first) })
  const issuer = await startIssuer(certificate)
  const begun = performance.now()
  await type(after.join('\n'))
  tell(`every service is healthy after ${since(begun)}`)
  await type(`docker compose cp proxy:/data/caddy/pki/authorities/local/root.crt '${folder}/proxy.pem'`)
  const proxy = readFileSync(join(folder, 'proxy.pem'), 'utf8')
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(certificate.cert, 'utf8'), proxy])
  return issuer
}

async function use() {
  const plain = await fetch('http://localhost/', { redirect: 'manual' })
  assert.equal(plain.headers.get('location'), `${address}/`)
  assert.match(await (await fetch(address)).text(), /<title>/)
  assert.equal((await fetch(`${address}/api/v1/app`)).status, 401, 'without signing in nothing is told')
  assert.match(await (await fetch(`${address}/readyz`)).text(), /^{"status":"ok"/, 'with Redis')
  const browser = await signIn()
  await askByEvents(browser, questions.events)
  await askBySocket(browser, questions.socket)
  tell('signed in and asked through TLS, by events and by a socket')
  assert.match(
    await type('docker compose exec app-1 /nodejs/bin/node dist/main.js admin users list'),
    /ada@example\.com/,
  )
  await type('docker compose stop app-1')
  await askByEvents(browser, questions.alone)
  await type('docker compose up -d --wait app-1')
  tell('one copy stopped: the other one answers')
  return browser
}

async function upgrade(lines, browser) {
  await type(`docker tag ${image} ${nextImage}`)
  const end = watch()
  const begun = performance.now()
  await type(lines, { env: editorThatSets({ FLOE_IMAGE: nextImage }) })
  const took = since(begun)
  tell(`upgraded in ${took}; ${await end()} requests meanwhile were all answered`)
  for (const name of ['app-1', 'app-2', 'backup'])
    assert.match(await type(`docker inspect --format '{{.Config.Image}}' floe-${name}-1`), /check-next$/)
  await askByEvents(browser, questions.later)
}

async function restore(lines) {
  const begun = performance.now()
  await type(lines)
  const browser = await signIn()
  const { events, socket, alone } = questions
  assert.deepEqual(
    await listQuestions(browser),
    [events, socket, alone],
    'what was asked before the backup, and no more',
  )
  tell(`restored in ${since(begun)}`)
}

/** Grafana has no stand-in; Docker Compose itself says whether its part is right. */
async function monitor() {
  const begun = performance.now()
  await type('docker compose --profile monitoring up -d --wait prometheus alertmanager')
  const ask = (path) =>
    type(`docker compose exec -T prometheus wget -q -O - 'http://127.0.0.1:9090/api/v1/${path}'`).then(JSON.parse)
  const { data } = await ask('rules')
  assert.ok(data.groups.length > 0)
  for (;;) {
    const { data: targets } = await ask('targets')
    const health = targets.activeTargets.map((target) => target.health)
    if (health.length === 2 && health.every((state) => state === 'up')) break
    assert.ok(performance.now() - begun < 90_000, JSON.stringify(targets.activeTargets))
    await delay(1_000)
  }
  tell(
    `Prometheus reads both copies after ${since(begun)}, with ${data.groups.flatMap(({ rules }) => rules).length} rules`,
  )
}

if (process.env.IMAGE_BASES === 'stand-in')
  assert.equal(spawnSync(join(root, 'scripts', 'stand-ins.sh'), [image], { stdio: 'inherit' }).status, 0)
const [install, upgrading, restoring] = readBlocks('With Compose')
let issuer
try {
  issuer = await bringUp(install)
  const browser = await use()
  await upgrade(upgrading, browser)
  await restore(restoring)
  await monitor()
} catch (error) {
  console.error(await type('docker compose ps --all; docker compose logs --tail 30').catch(String))
  throw error
} finally {
  await type('docker compose --profile monitoring down --volumes --remove-orphans')
  await issuer?.stop()
  rmSync(folder, { recursive: true, force: true })
}
tell('the stack is sound')
