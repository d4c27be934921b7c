import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { type HttpClient, makeHttpClient } from './http-client.ts'
import { type BoundedFetch, makeFetch } from './make-fetch.ts'

const inside = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, prefix, 'ipv6')

/** An address that a person entered and that a server must not be sent to. */
export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`)
    this.name = 'ForbiddenAddress'
  }
}

/** Whether a name that people entered may be asked at all; `lookupPublic` judges the addresses that it resolves to. */
export function isPublicAddress(url: URL, allowLoopback: boolean): boolean {
  if (allowLoopback && url.protocol === 'http:' && url.hostname === '127.0.0.1') return true
  const isNamed = url.hostname.includes('.') && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0
  return url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && isNamed
}

export interface GuardedFetchNeeds {
  /** For tests alone. */
  readonly allowLoopback: boolean
  /** `HTTPS_PROXY` and its like. Behind a proxy it is the proxy that resolves names and decides where they may lead. */
  readonly proxyEnv: Readonly<Record<string, string>>
}

/** More than any sign-in server has to say. */
const maxBytes = 1_048_576
const deadlineMs = 30_000

/**
 * Makes a fetch for addresses that people entered: https on port 443 of names that lead to public addresses, judged on the very address
 * that is connected to; no redirects; bounded answers. Rejects with `ForbiddenAddress`, with an `HttpFault` that it caused, or another one.
 */
export function makeGuardedFetch({ allowLoopback, proxyEnv }: GuardedFetchNeeds): BoundedFetch {
  const fetch = makeFetch(makePublicClient(proxyEnv), { maxBytes, deadlineMs })
  return async (address, init) => {
    const url = new URL(address instanceof Request ? address.url : address)
    if (!isPublicAddress(url, allowLoopback)) throw new ForbiddenAddress(url.host)
    return await fetch(address, init)
  }
}

/**
 * Makes a client that connects names to public addresses alone, judged on the very address. Addresses written as numbers are connected to as they
 * are: `isPublicAddress` refuses those. Behind a proxy, it is the proxy that resolves names.
 */
export function makePublicClient(proxyEnv: GuardedFetchNeeds['proxyEnv']): HttpClient {
  const proxyHost = URL.parse(proxyEnv['HTTPS_PROXY'] ?? proxyEnv['https_proxy'] ?? '')?.hostname
  // The operator chose the proxy, which often has a private address.
  const judge: LookupFunction = (host, options, done) =>
    host === proxyHost ? lookup(host, options, done) : lookupPublic(host, options, done)
  return makeHttpClient({ proxy: proxyEnv, isLoopbackDirect: true, lookup: judge })
}

/** Resolves a name as `dns.lookup` does; one private address among several is enough to refuse it (`ForbiddenAddress`). */
export function lookupPublic(
  host: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '')
    const [first] = addresses
    const isInside = ({ address, family }: LookupAddress): boolean =>
      inside.check(address, family === 6 ? 'ipv6' : 'ipv4')
    if (first === undefined || addresses.some(isInside)) return done(new ForbiddenAddress(host), '')
    if (options.all === true) return done(null, addresses)
    return done(null, first.address, first.family)
  })
}
