import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { chromium, type CDPSession } from 'playwright-core'
import { build } from 'vite'
import { chromiumPath, lackedChromium, lacksChromium } from '../e2e/chromium-path.ts'
import { chooseSecurityHeaders } from '../src/http/request-policy.ts'
import { ms, type Figure } from './measure.ts'

const rowCount = 1_000_000
const megabyte = 1_048_576

interface Measured {
  readonly ms: number
  readonly longestTaskMs: number
}

const goals: Readonly<Record<string, readonly [what: string, mostMs: number | null]>> = {
  sortFloat: ['sorted by a number', 400],
  sortInteger: ['sorted by a whole number with NULLs', 400],
  sortDay: ['sorted by a day', 400],
  sortCategory: ['sorted by a text of 225 values', 400],
  sortText: ['sorted by a text that differs in every row', null],
  filterValue: ['filtered by a value', 300],
  filterRange: ['filtered by a range', 300],
  refine: ['filtered further', 300],
  searchWord: ['searched for a word in all columns', null],
  searchDigits: ['searched for digits in all columns', null],
  summary: ['summary of a number', null],
}

/** A million rows of fifty columns in the source that the table of an answer reads, in Chromium, under the page's security policy. */
export async function benchGrid(): Promise<readonly Figure[]> {
  if (lacksChromium) return [{ what: lackedChromium, measured: '', goal: '', met: null }]
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  const server = await servePage(folder)
  try {
    const page = await browser.newPage()
    page.on('pageerror', (error) => console.error(error))
    await page.goto(server.url)
    const session = await page.context().newCDPSession(page)
    const workerHeap = watchWorker(session)
    const call = (expression: string): Promise<Measured> => page.evaluate<Measured>(expression)
    const loaded = await call(`measureLoad(${rowCount})`)
    const figures = [timeFigure('load, made in the page', loaded, null)]
    let longest = 0
    for (const [name, [what, mostMs]] of Object.entries(goals)) {
      const measured = await call(`measureStep('${name}')`)
      longest = Math.max(longest, measured.longestTaskMs)
      figures.push(timeFigure(what, measured, mostMs))
    }
    await session.send('HeapProfiler.collectGarbage')
    const bytes = heapBytes(await session.send('Runtime.getHeapUsage')) + heapBytes(await workerHeap())
    figures.push(
      { what: 'longest task of the page meanwhile', measured: ms(longest), goal: '≤ 50 ms', met: longest <= 50 },
      {
        what: 'memory of page and worker, buffers included',
        measured: `${Math.round(bytes / megabyte)} MB`,
        goal: '≤ 600 MB',
        met: bytes <= 600 * megabyte,
      },
    )
    return figures
  } finally {
    await browser.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const timeFigure = (what: string, measured: Measured, mostMs: number | null): Figure => ({
  what: `${rowCount.toLocaleString('en-US')} rows ${what}`,
  measured: ms(measured.ms),
  goal: mostMs === null ? '' : `≤ ${mostMs} ms`,
  met: mostMs === null ? null : measured.ms <= mostMs,
})

interface HeapUsage {
  readonly usedSize: number
  readonly embedderHeapUsedSize?: number
  readonly backingStorageSize?: number
}

const heapBytes = ({ usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 }: HeapUsage): number =>
  usedSize + embedderHeapUsedSize + backingStorageSize

/** Talks to the page's worker, which has a heap of its own. */
function watchWorker(session: CDPSession): () => Promise<HeapUsage> {
  const { promise: attached, resolve: attach } = Promise.withResolvers<string>()
  session.on('Target.attachedToTarget', ({ sessionId }) => attach(sessionId))
  void session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
  return async () => {
    const sessionId = await attached
    const ask = async <T>(id: number, method: string): Promise<T> => {
      const answer = new Promise<T>((done) =>
        session.on('Target.receivedMessageFromTarget', ({ message }) => {
          const said = JSON.parse(message) as { readonly id?: number; readonly result: T }
          if (said.id === id) done(said.result)
        }),
      )
      await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
      return await answer
    }
    await ask(1, 'HeapProfiler.collectGarbage')
    return await ask<HeapUsage>(2, 'Runtime.getHeapUsage')
  }
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Builds the page as the product is built and serves it with the product's policy. */
async function servePage(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const root = resolve(import.meta.dirname)
  const outDir = join(folder, 'page')
  const entry = join(root, 'grid-page.ts')
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  })
  writeFileSync(join(outDir, 'index.html'), '<!doctype html><script type="module" src="page.js"></script>')
  const { contentSecurityPolicy } = chooseSecurityHeaders(null)
  const directives = typeof contentSecurityPolicy === 'object' ? contentSecurityPolicy.directives : {}
  const policy = Object.entries(directives ?? {})
    .map(
      ([name, values]) =>
        `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${[...(values as string[])].join(' ')}`,
    )
    .join(';')
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '')
    response.setHeader('content-security-policy', policy)
    response.setHeader('content-type', types[extname(path)] ?? 'text/plain')
    try {
      response.end(readFileSync(join(outDir, path)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => new Promise((done) => server.close(() => done())) }
}
