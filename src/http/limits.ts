import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Caller } from '../core/caller.ts'
import { problem } from '../core/problem.ts'

/** The largest request body and socket frame. */
export const bodyLimitBytes = 1_048_576
/** The largest head of a request, all its headers together. */
export const maxHeaderBytes = 16_384
/** How long the server waits for clients. */
export interface Patience {
  /** How long the head of a request may take to arrive, and the whole of it. */
  readonly headersMs: number
  readonly requestMs: number
  /** How often connections are looked through for late ones. */
  readonly checkMs: number
  /** A reader that takes nothing for this long is gone. */
  readonly stallMs: number
}
/** How long a connection stays open between two requests. */
export const keepAliveTimeoutMs = 72_000
/** Connections accepted at once; further ones are closed. */
export const maxConnections = 2_000
/** Streams served at once, all people together, and as many sockets: idle sockets leave the streams to others. */
export const maxStreams = 500
/** Of each, how many one person may have, and one address, which may be that of an office: nobody takes the places of all colleagues there. */
const maxStreamsOf = { person: 100, address: 400 }
/**
 * How often a silent stream or socket shows a sign of life. A page takes a stream for lost that misses two of them, and a socket is closed
 * that answers none of two.
 */
export const heartbeatMs = 5_000
/** How often the store is asked whether the sign-in of a socket or stream still holds. */
export const signInCheckMs = 15_000
/** A reader that takes nothing for this long is gone. */
export const stallMs = 60_000
export const patience: Patience = { headersMs: 10_000, requestMs: 30_000, checkMs: 5_000, stallMs }
/** Text that may wait in the process for one socket before its reading pauses. */
export const maxBufferedBytes = 262_144
/** Commands of one socket under way before it stops reading more. */
export const maxPendingCommands = 32
/** Of those, the ones that ask the store and not a warehouse: a socket in a hurry must leave the store to others in between. */
export const maxQuickCommands = 3
/** Frames of one socket read but not yet begun; a socket that sends more than this ahead is closed. */
export const maxQueuedFrames = 2_000
/** Turns read at once on one socket. */
export const maxReadingsPerSocket = 32
/** How many frames one socket may send; more wait until they may. A page that restores a long conversation sends one a turn. */
const frameRate = { points: 200, duration: 10 }
/** The same for all sockets of one person together. */
const personFrameRate = { points: 150, duration: 1 }
/** So many bytes of a frame count as one more frame: the largest is 65. */
const bytesPerPoint = 16_384
/** Bodies of this size and more are few: a question or a query is shorter. */
const largeBodyBytes = 65_536
const largeBodyRate = { points: 1, duration: 0.1 }
/** How many refusals of too many questions one person hears. */
const refusalRate = { points: 10, duration: 0.2 }
/** How many requests to the API one address, and one person, may make; more are refused. */
const requestRates = {
  address: { points: 5_000, duration: 10 },
  person: { points: 2_000, duration: 10 },
  /** Each begins a sign-in that is stored; an office behind one address may all come at once. */
  signIn: { points: 300, duration: 60 },
}

/** Counts what stays open (streams, or sockets) and refuses more than the process, a person or an address may have. */
export interface StreamLimit {
  /** Takes a place and returns the function that gives it back. Throws `too_busy`. */
  enter(caller: Pick<Caller, 'userId'>, address: string): () => void
  /** How many are open. */
  open(): number
  /** The most that may be. */
  readonly max: number
}

/** Makes a limit of `max` places, so many of them for one person and for one address. */
export function makeStreamLimit(max = maxStreams, { person, address: place } = maxStreamsOf): StreamLimit {
  const open = new Map<string, number>()
  const all = 'all'
  return {
    max,
    open: () => open.get(all) ?? 0,
    enter({ userId }, address) {
      const bounds = [
        [all, max, `The server already serves ${max} streams.`],
        [`person ${userId}`, person, `You already have ${person} streams open.`],
        [`address ${address}`, place, `Your address already has ${place} streams open.`],
      ] as const
      const full = bounds.find(([key, most]) => (open.get(key) ?? 0) >= most)
      if (full !== undefined) throw problem('too_busy', full[2], 'Close other pages or try again shortly.')
      const keys = bounds.map(([key]) => key)
      for (const key of keys) open.set(key, (open.get(key) ?? 0) + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        for (const key of keys) {
          const left = (open.get(key) ?? 1) - 1
          if (left === 0) open.delete(key)
          else open.set(key, left)
        }
      }
    },
  }
}

/** Resolves at once for a frame of so many bytes within its rate, and later for one beyond. */
export type FramePace = (bytes: number) => Promise<void>

/** Makes the pace of each socket; the sockets of one person share a rate besides their own. */
export function makeFramePaces(): (caller: Pick<Caller, 'userId'>) => FramePace {
  const byPerson = new RateLimiterMemory(personFrameRate)
  return ({ userId }) => {
    const bySocket = new RateLimiterMemory(frameRate)
    return async (bytes) => {
      const points = 1 + Math.floor(bytes / bytesPerPoint)
      await waitFor(bySocket, 'socket', points)
      await waitFor(byPerson, userId, points)
    }
  }
}

/** Resolves at once for a small body, and for large ones of one person one after another: each takes the event loop for some time. */
export type BodyPace = (caller: Pick<Caller, 'userId'>, bytes: number) => Promise<void>

/** Makes the pace at which large bodies are read. */
export function makeBodyPace(): BodyPace {
  const byPerson = new RateLimiterMemory(largeBodyRate)
  return async ({ userId }, bytes) => {
    if (bytes > largeBodyBytes) await waitFor(byPerson, userId, 1)
  }
}

/** Resolves at once for the first refusals of a person, and later for more: a program that asks again at once keeps others from being served. */
export type RefusalPace = (caller: Pick<Caller, 'userId'>) => Promise<void>

/** Makes the pace at which people hear that they ask too much. */
export function makeRefusalPace(): RefusalPace {
  const byPerson = new RateLimiterMemory(refusalRate)
  return ({ userId }) => waitFor(byPerson, userId, 1)
}

async function waitFor(limiter: RateLimiterAbstract, key: string, points: number): Promise<void> {
  for (;;) {
    const waitMs = await limiter.consume(key, points).then(
      () => 0,
      ({ msBeforeNext = 1_000 }: { msBeforeNext?: number }) => msBeforeNext,
    )
    if (waitMs === 0) return
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref())
  }
}

/** Makes a limiter of so many points in so many seconds; limiters of one name count together. */
export type MakeRateLimiter = (name: string, rate: Rate) => RateLimiterAbstract

interface Rate {
  readonly points: number
  /** In seconds. */
  readonly duration: number
}

/** Counts in this process alone. */
export const makeMemoryRateLimiter: MakeRateLimiter = (_name, rate) => new RateLimiterMemory(rate)

/** Counts of requests. All throw `too_busy` for one too many. */
export interface RequestLimits {
  /** Of every request that asks for more than a file of the page. */
  readonly byAddress: (address: string, url: string) => Promise<void>
  readonly byPerson: (caller: Pick<Caller, 'userId' | 'isLocal'>) => Promise<void>
}

/** Makes the counts of requests. The one person of a server without sign-in is not counted: it is their own machine. */
export function makeRequestLimits(makeLimiter = makeMemoryRateLimiter, rates = requestRates): RequestLimits {
  const countPerson = refuseBeyond(makeLimiter('person', rates.person), 'You send too many requests.')
  const countAddress = refuseBeyond(makeLimiter('address', rates.address), manyFromAddress)
  const countSignIn = refuseBeyond(makeLimiter('sign-in', rates.signIn), manyFromAddress)
  return {
    byAddress: async (address, url) => {
      if (countedPaths.test(url)) await countAddress(address)
      if (url.startsWith('/auth/')) await countSignIn(address)
    },
    byPerson: async ({ userId, isLocal }) => {
      if (!isLocal) await countPerson(userId)
    },
  }
}

/** Makes a count of requests by address in this process. The result throws `too_busy` for one too many. */
export const makeRequestLimit = (rate: Rate): ((address: string) => Promise<void>) =>
  refuseBeyond(new RateLimiterMemory(rate), manyFromAddress)

/** Everything but files and the sign of life, which ask nothing of what is below. */
const countedPaths = /^\/(?:api|auth|oauth|mcp|metrics|readyz|\.well-known)(?:[/?]|$)/

const manyFromAddress = 'This address sends too many requests.'

const refuseBeyond =
  (limiter: RateLimiterAbstract, message: string) =>
  async (key: string): Promise<void> => {
    try {
      await limiter.consume(key)
    } catch (error) {
      // A limiter rejects with when there is room again, in milliseconds.
      const ms = typeof error === 'object' && error !== null ? Number(Reflect.get(error, 'msBeforeNext')) : Number.NaN
      const retryAfterSeconds = Number.isFinite(ms) ? Math.max(1, Math.ceil(ms / 1_000)) : 2
      throw problem('too_busy', message, 'Wait a moment and try again.', { retryAfterSeconds })
    }
  }
