import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { childrenOf, descendantsOf } from '../support/child-processes.ts'
import { environment, runFloe, serveFloe } from '../support/floe-process.ts'

const root = resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'floe-stopping-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  const serve = `${process.execPath} ${join(root, 'src', 'main.ts')} serve`
  const scripts = { serve, start: 'exec node scripts/start.mjs', detached: `setsid ${serve} & ${serve}` }
  // As the checkout's own, without installing and building.
  const start = `import { runProgram } from ${JSON.stringify(join(root, 'scripts', 'tree.mjs'))}
    runProgram(process.execPath, [${JSON.stringify(join(root, 'src', 'main.ts'))}, 'serve'])`
  mkdirSync(join(folder, 'scripts'))
  writeFileSync(join(folder, 'scripts', 'start.mjs'), start)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
})

interface StartedByNpm {
  readonly npm: ChildProcess
  readonly urls: readonly string[]
  /** Resolves with the log once every process that was started has ended. */
  readonly ended: Promise<string>
}

/** Runs a script by npm until `servers` servers have printed their addresses. */
async function startByNpm(script: string, servers = 1): Promise<StartedByNpm> {
  const npm = spawn('npm', ['run', script], {
    cwd: folder,
    env: environment({ PORT: '0', DATA_DIR: join(folder, 'data'), HOME: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = text(npm.stderr)
  const urls: string[] = []
  for await (const line of createInterface(npm.stdout)) {
    const url = /is ready on (http:\S+)/.exec(line)?.[1]
    if (url !== undefined && urls.push(url) === servers) break
  }
  return { npm, urls, ended }
}

describe.skipIf(process.platform !== 'linux')('a server that npm started ends', () => {
  test.each([
    ['npm', 0, 'SIGTERM'],
    ['npm', 0, 'SIGKILL'],
    ['the shell of npm', 1, 'SIGTERM'],
    ['the shell of npm', 1, 'SIGHUP'],
    ['the server', 2, 'SIGHUP'],
  ] as const)('when %s (process %i) gets %s', async (_, place, signal) => {
    const { npm, urls, ended } = await startByNpm('serve')
    const [shell = 0] = childrenOf(npm.pid ?? 0)
    const [server = 0] = childrenOf(shell)
    process.kill([npm.pid ?? 0, shell, server][place] ?? 0, signal)
    expect(await ended).not.toContain('did not stop')
    await expect(fetch(urls[0] ?? '')).rejects.toThrow('fetch failed')
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('when npm start gets %s', async (signal) => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
    expect(manifest.scripts.start).toBe('exec node scripts/start.mjs')
    const { npm, ended } = await startByNpm('start')
    npm.kill(signal)
    expect(await ended).not.toContain('did not stop')
  })
})

describe.skipIf(process.platform !== 'linux')('nothing is left of a server', () => {
  test.each([
    ['of its own', 'SIGTERM', 0, 0],
    ['of its own', 'SIGINT', 0, 0],
    ['of its own', 'SIGHUP', 0, 0],
    ['of its own', 'SIGKILL', 0, null],
    ['of a script', 'SIGKILL', 0, null],
    ['of a script', 'SIGKILL', 1, 137],
  ] as const)('that is a process %s after %s to process %i: it ends with %s', async (how, signal, place, exitCode) => {
    const script =
      how === 'of a script' ? [join(folder, 'scripts', 'start.mjs')] : [join(root, 'src', 'main.ts'), 'serve']
    const started = spawn(process.execPath, script, {
      env: environment({ PORT: '0', DATA_DIR: join(folder, 'data') }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(started, 'exit')
    const url = await addressIn(started.stdout)
    await expect.poll(() => fetch(`${url}/readyz`).then(({ status }) => status), { timeout: 30_000 }).toBe(200)
    const family = [started.pid ?? 0, ...descendantsOf(started.pid ?? 0)]
    // The database, and the engine of the sample.
    expect(family.length).toBeGreaterThanOrEqual(how === 'of a script' ? 4 : 3)
    process.kill(family[place] ?? 0, signal)
    await expect.poll(() => family.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 }).toEqual([])
    expect((await exited)[0]).toBe(exitCode)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})

async function addressIn(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) {
    const url = /is ready on (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('The server ended before it listened.')
}

test('a server that cannot write its folder says so, with what to do, and is never ready', async () => {
  writeFileSync(join(folder, 'file'), '')
  const begun = await Promise.all(
    [join(folder, 'file'), '/proc/floe'].map((path) => runFloe(['serve'], { PORT: '0', DATA_DIR: path })),
  )
  for (const { code, out, err } of begun) {
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(
      /^floe: The data folder \S+ (?:is not a folder|cannot be made)\.\n[\s\S]*Set DATA_DIR to a folder/,
    )
  }
})

test('a second server on a folder says who serves it already', async () => {
  const env = { DATA_DIR: join(folder, 'data'), SAMPLE: 'off' }
  const first = await serveFloe(env)
  const second = await serveFloe(env)
  await expect
    .poll(() => second.said())
    .toContain(`Process ${first.process.pid} serves the same data folder on ${first.url}`)
  await Promise.all([first.stop(), second.stop()])
})

const hasSetsid = process.platform === 'linux' && existsSync('/usr/bin/setsid')
test.skipIf(!hasSetsid)('a server that was given a session of its own outlives npm', async () => {
  const { npm, urls } = await startByNpm('detached', 2)
  const [shell = 0] = childrenOf(npm.pid ?? 0)
  const servers = childrenOf(shell)
  npm.kill('SIGTERM')
  const answers = (url: string): Promise<boolean> =>
    fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    )
  const runs = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0
  try {
    // A request may fail while both still run: only the end of a process tells that one has stopped.
    while (servers.every(runs)) await Promise.all(urls.map(answers))
    expect((await Promise.all(urls.map(answers))).filter(Boolean)).toHaveLength(1)
  } finally {
    for (const pid of servers) spawnSync('kill', ['-9', String(pid)])
  }
})
