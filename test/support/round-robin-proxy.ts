import { createServer, request as send, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

/** A plain proxy on loopback that hands each request and each socket to the next server in turn. */
export interface RoundRobinProxy {
  readonly url: string
  /** Where it sends what comes from now on. */
  setTargets: (urls: readonly string[]) => void
  readonly close: () => Promise<void>
}

/** Starts one without targets: servers are told its address before they start. */
export async function startRoundRobinProxy(): Promise<RoundRobinProxy> {
  let targets: readonly URL[] = []
  let turn = 0
  const next = (): URL => {
    turn += 1
    const target = targets[turn % targets.length]
    if (target === undefined) throw new Error('The proxy has no targets.')
    return target
  }
  const server = createServer((request, reply) => {
    const passed = send(
      { host: '127.0.0.1', port: next().port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(reply)
        answer.once('error', () => reply.destroy())
      },
    )
    passed.once('error', () => (reply.headersSent ? reply.destroy() : reply.writeHead(502).end()))
    reply.once('close', () => passed.destroy())
    request.pipe(passed)
  })
  server.on('upgrade', (request: IncomingMessage, client) => {
    const upstream = connect(Number(next().port), '127.0.0.1')
    const lines = Array.from(
      { length: request.rawHeaders.length / 2 },
      (_, place) => `${request.rawHeaders[place * 2] ?? ''}: ${request.rawHeaders[place * 2 + 1] ?? ''}`,
    )
    upstream.write([`GET ${request.url ?? '/'} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
    client.pipe(upstream).pipe(client)
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      end.once('error', () => other.destroy()).once('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    setTargets: (urls) => {
      targets = urls.map((url) => new URL(url))
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
