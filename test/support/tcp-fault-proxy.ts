import { createServer, connect, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'

/** What the proxy does to traffic. A change holds for open connections too, but for `cut` and `slice`, which begin with new ones. */
export type ProxyFault =
  | { readonly kind: 'none' }
  /** Nobody listens: connections are refused, open ones reset. */
  | { readonly kind: 'down' }
  /** Connections are accepted and nothing passes, in either direction, and nothing is closed. */
  | { readonly kind: 'black-hole' }
  /** Open connections are reset (TCP RST), new ones at once. */
  | { readonly kind: 'reset' }
  /** Every piece of an answer is held back this long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answers pass at no more than this speed. */
  | { readonly kind: 'rate'; readonly bytesPerSecond: number }
  /** A connection's answers end after so many bytes, by reset or by a clean close. */
  | { readonly kind: 'cut'; readonly bytes: number; readonly cleanly?: boolean }
  /** Answers arrive in pieces of so many bytes. */
  | { readonly kind: 'slice'; readonly bytes: number }

/** A proxy on loopback between a client and a server under test. */
export interface TcpFaultProxy {
  readonly port: number
  readonly set: (fault: ProxyFault) => Promise<void>
  /** Connections open now. */
  readonly open: () => number
  /** Connections accepted since the start. */
  readonly accepted: () => number
  readonly close: () => Promise<void>
}

/** Starts a proxy to a port on loopback; without faults it passes bytes on as they are. */
export async function startTcpFaultProxy(targetPort: number): Promise<TcpFaultProxy> {
  let fault: ProxyFault = { kind: 'none' }
  let accepted = 0
  /** What resets each open connection. */
  const links = new Set<() => void>()
  const join = (client: Socket) => {
    accepted += 1
    if (fault.kind === 'reset') client.resetAndDestroy()
    else makeLink(client, targetPort, () => fault, links)
  }
  const listener = createServer({ allowHalfOpen: true }, join)
  const port = await listen(listener, 0)
  const resetAll = () => links.forEach((reset) => reset())
  return {
    port,
    set: async (next) => {
      const wasDown = fault.kind === 'down'
      fault = next
      if (next.kind === 'down' || next.kind === 'reset') resetAll()
      if (next.kind === 'down' && !wasDown) await stop(listener)
      if (next.kind !== 'down' && wasDown) await listen(listener, port)
    },
    open: () => links.size,
    accepted: () => accepted,
    close: async () => {
      resetAll()
      if (listener.listening) await stop(listener)
    },
  }
}

function makeLink(client: Socket, targetPort: number, fault: () => ProxyFault, links: Set<() => void>): void {
  const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
  client.setNoDelay(true)
  const reset = () => {
    links.delete(reset)
    client.resetAndDestroy()
    server.destroy()
  }
  links.add(reset)
  for (const socket of [client, server]) socket.on('error', reset).on('close', reset)
  client.pipe(makeGate(fault)).pipe(server)
  server.pipe(makeGate(fault)).pipe(makeFaulty(fault, client)).pipe(client)
}

/** Lets nothing through while the proxy is a black hole; what arrived meanwhile is lost. */
const makeGate = (fault: () => ProxyFault): Transform =>
  new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      if (fault().kind === 'black-hole') done()
      else done(null, piece)
    },
    flush: (done) => {
      if (fault().kind !== 'black-hole') done()
    },
  })

/** Delays, slows, slices or cuts a connection's answers. */
function makeFaulty(fault: () => ProxyFault, client: Socket): Transform {
  let passed = 0
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      const now = fault()
      const pass = () => done(null, piece)
      if (now.kind === 'delay') setTimeout(pass, now.ms).unref()
      else if (now.kind === 'rate') setTimeout(pass, (piece.length / now.bytesPerSecond) * 1000).unref()
      else if (now.kind === 'slice') pushSlices(this, piece, now.bytes, done)
      else if (now.kind === 'cut') {
        const rest = Math.max(0, now.bytes - passed)
        passed += piece.length
        if (piece.length <= rest) pass()
        else cut(client, piece.subarray(0, rest), now.cleanly ?? false)
      } else pass()
    },
  })
}

/** Pushes a piece in slices, each in a turn of its own, so that they leave one by one. */
function pushSlices(into: Transform, piece: Buffer, size: number, done: () => void): void {
  if (piece.length === 0) done()
  else {
    into.push(piece.subarray(0, size))
    setImmediate(() => pushSlices(into, piece.subarray(size), size, done))
  }
}

function cut(client: Socket, last: Buffer, cleanly: boolean): void {
  client.write(last, () => (cleanly ? client.destroySoon() : client.resetAndDestroy()))
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })
