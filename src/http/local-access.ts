import type { FastifyReply, FastifyRequest } from 'fastify'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { problem } from '../core/problem.ts'

/**
 * Who may use a server that works for the one person of this machine. Every local user can reach its loopback address, so a request
 * comes from a process of the same user (or of root), or it brings the token that the server printed at its start.
 */
export interface LocalAccess {
  readonly token: string
  /** `always` asks every process for the token; `other-users` those that the system does not show to be the same user's. */
  readonly demand: 'always' | 'other-users'
}

const cookieName = 'floe-token'
/** Routes that act for the person. The page itself holds nothing of theirs; health probes come from anywhere. */
const guardedPaths = /^\/(?:api|mcp|metrics)(?:[/?]|$)/

/**
 * Checks one request. A valid `token` in the address becomes a cookie, and the answer is a redirect without it; the result says
 * whether that happened. Throws `token_needed`.
 */
export async function admitLocally(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, demand }: LocalAccess,
): Promise<'admitted' | 'redirected'> {
  const [path = '/', query = ''] = request.url.split('?')
  const parameters = new URLSearchParams(query)
  const given = parameters.get('token')
  if (request.method === 'GET' && given !== null && isSame(given, token)) {
    parameters.delete('token')
    const cookie = `${cookieName}=${token}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict`
    // One slash: with two the browser would take the path for another host.
    const target = path.replace(/^\/+/, '/') + (parameters.size === 0 ? '' : `?${parameters.toString()}`)
    await reply.header('set-cookie', cookie).header('cache-control', 'no-store').redirect(target, 303)
    return 'redirected'
  }
  if (!guardedPaths.test(request.url) || bringsToken(request, token)) return 'admitted'
  if (demand === 'other-users' && (await isOwnProcess(request.raw.socket))) return 'admitted'
  throw problem(
    'token_needed',
    'This Floe belongs to another user of this machine, or cannot tell whose program is asking.',
    'Open the address with the token that Floe printed at its start, or send the token as "Authorization: Bearer …".',
  )
}

function bringsToken({ headers }: FastifyRequest, token: string): boolean {
  const [, bearer = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return isSame(bearer, token) || cookies.some((pair) => isSame(pair, `${cookieName}=${token}`))
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Whose process is at the other end of each connection; a connection is looked up once. */
const owners = new WeakMap<Socket, Promise<boolean>>()

/** Whether the other end of a connection is a process of this server's own user, or of root. False where the system does not tell. */
export function isOwnProcess(connection: Socket): Promise<boolean> {
  // Requests made inside this process, without a network, have no connection to look up.
  if (!(connection instanceof Socket)) return Promise.resolve(true)
  const known = owners.get(connection)
  if (known !== undefined) return known
  const asked = lookUpOwner(connection)
  owners.set(connection, asked)
  return asked
}

const established = '01'

async function lookUpOwner({ remoteAddress, remotePort, localAddress, localPort }: Socket): Promise<boolean> {
  const own = process.getuid?.()
  if (own === undefined || remoteAddress === undefined || localAddress === undefined) return false
  for (const table of ['tcp', 'tcp6'] as const) {
    // Seen from the other process, its own end is the local one.
    const ends = [
      `${kernelAddress(remoteAddress, table)}:${kernelPort(remotePort)}`,
      `${kernelAddress(localAddress, table)}:${kernelPort(localPort)}`,
    ]
    const line = (await readConnections(table)).find(([, local, remote]) => local === ends[0] && remote === ends[1])
    if (line === undefined) continue
    const [state, uid] = [line[3], Number(line[7])]
    // A connection that its process has closed is listed as root's, so root's must be established.
    return uid === 0 ? state === established : uid === own
  }
  return false
}

/** The lines of `/proc/net/tcp` in their columns: number, local end, remote end, state, queues, timers, retransmits, user. */
async function readConnections(table: 'tcp' | 'tcp6'): Promise<readonly (readonly string[])[]> {
  const text = await readFile(`/proc/net/${table}`, 'latin1').catch(() => '')
  return text.split('\n').map((line) => line.trim().split(/\s+/))
}

const kernelPort = (port: number | undefined): string => (port ?? 0).toString(16).toUpperCase().padStart(4, '0')

/** An address as `/proc/net/tcp` prints it: 32-bit words in the processor's byte order. IPv4 in the table of IPv6 is mapped. */
function kernelAddress(address: string, table: 'tcp' | 'tcp6'): string {
  const four = /(?:^|:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number)
  const isLoopback6 = address === '::1'
  if (four === undefined && !isLoopback6) return ''
  const mapped =
    four === undefined ? [...Array<number>(15).fill(0), 1] : [...Array<number>(10).fill(0), 255, 255, ...four]
  const bytes = table === 'tcp' ? (four ?? []) : mapped
  const words = Array.from({ length: bytes.length / 4 }, (_word, at) => bytes.slice(at * 4, at * 4 + 4))
  return words
    .flatMap((word) => (endianness() === 'LE' ? word.toReversed() : word))
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('')
}

/** The rule of a server without sign-in, by what the operator demands and the system shows; null where nobody needs a token. */
export async function openLocalAccess(
  dataDir: string,
  required: 'true' | 'false' | undefined,
): Promise<LocalAccess | null> {
  // The table of TCP connections, which only Linux has.
  const showsOwners = existsSync('/proc/net/tcp')
  if (required === 'false' || (required === undefined && !showsOwners)) return null
  return { token: await openToken(dataDir), demand: required === 'true' ? 'always' : 'other-users' }
}

/** What a server prints once it listens on `address`. */
export function announceAddress(address: string, access: LocalAccess | null): string {
  if (access === null) return `Floe is ready on ${address}\n`
  const withToken = `${address}/?token=${access.token}`
  if (access.demand === 'always') return `Floe is ready on ${withToken}\n`
  return `Floe is ready on ${address}\nFor programs of another user of this machine: ${withToken}\n`
}

/**
 * The token of the server on a data folder: the one kept there, so that printed addresses outlive a restart, or a new one. In a folder
 * that cannot be written it holds until the server stops.
 */
async function openToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'local-token')
  const kept = await readToken(file)
  if (kept !== null) return kept
  const made = randomBytes(32).toString('base64url')
  try {
    await mkdir(dataDir, { recursive: true })
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
    return made
  } catch {
    // Another server on the folder was faster, or nothing can be written there.
    return (await readToken(file)) ?? made
  }
}

async function readToken(file: string): Promise<string | null> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (!/^[\w-]{32,}$/.test(text)) return null
  await chmod(file, 0o600).catch(() => undefined)
  return text
}
