import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProxyFault, startTcpFaultProxy } from './tcp-fault-proxy.ts'

const body = 'x'.repeat(10_000)
let server: Server
beforeAll(async () => {
  server = createServer((_request, response) => response.end(body))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = async (port: number): Promise<string> => {
  try {
    const init = { signal: AbortSignal.timeout(800), headers: { connection: 'close' } }
    const response = await fetch(`http://127.0.0.1:${port}`, init)
    return (await response.text()) === body ? 'whole' : 'short'
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silence' : 'broken'
  }
}

test.each<{ readonly fault: ProxyFault; readonly seen: string }>([
  { fault: { kind: 'none' }, seen: 'whole' },
  { fault: { kind: 'down' }, seen: 'broken' },
  { fault: { kind: 'reset' }, seen: 'broken' },
  { fault: { kind: 'black-hole' }, seen: 'silence' },
  { fault: { kind: 'delay', ms: 50 }, seen: 'whole' },
  { fault: { kind: 'delay', ms: 60_000 }, seen: 'silence' },
  { fault: { kind: 'rate', bytesPerSecond: 100 }, seen: 'silence' },
  { fault: { kind: 'cut', bytes: 5_000 }, seen: 'broken' },
  { fault: { kind: 'cut', bytes: 5_000, cleanly: true }, seen: 'broken' },
  { fault: { kind: 'slice', bytes: 7 }, seen: 'whole' },
])('$fault gives $seen, and the next answer is whole again', async ({ fault, seen }) => {
  const proxy = await startTcpFaultProxy((server.address() as AddressInfo).port)
  await proxy.set(fault)
  expect(await ask(proxy.port)).toBe(seen)
  await proxy.set({ kind: 'none' })
  expect(await ask(proxy.port)).toBe('whole')
  await proxy.close()
  expect(proxy.open()).toBe(0)
})
