import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Caller } from '../core/caller.ts'
import { problem } from '../core/problem.ts'

/** The largest request body and socket frame. */
export const bodyLimitBytes = 1_048_576
/** The largest head of a request, all its headers together. */
export const maxHeaderBytes = 16_384
/** How long the head of a request may take to arrive, and the whole of it. */
export const headersTimeoutMs = 10_000
export const requestTimeoutMs = 30_000
/** How long a connection stays open between two requests. */
export const keepAliveTimeoutMs = 72_000
/** Connections accepted at once; further ones are closed. */
export const maxConnections = 2_000
/** Streams and sockets served at once, all people together. */
export const maxStreams = 500
/** Of those, the ones of one person and of one address. */
export const maxStreamsEach = 250
/** How often a silent stream or socket shows a sign of life. */
export const heartbeatMs = 15_000
/** A reader that takes nothing for this long is gone. */
export const stallMs = 60_000
/** Text that may wait in the process for one socket before its reading pauses. */
export const maxBufferedBytes = 262_144
/** Commands of one socket under way before it stops reading more. */
export const maxPendingCommands = 32
/** Of those, the ones that ask the store and not a warehouse: a socket in a hurry must leave the store to others in between. */
export const maxQuickCommands = 8
/** Frames of one socket read but not yet begun; a socket that sends more than this ahead is closed. */
export const maxQueuedFrames = 2_000
/** Turns read at once on one socket. */
export const maxReadingsPerSocket = 32
/** How many frames one socket may send; more wait until they may. A page that restores a long conversation sends one a turn. */
const frameRate = { points: 200, duration: 10 }
/** The same for all sockets of one person together. */
const personFrameRate = { points: 150, duration: 1 }
/** How many requests to the API one address may make; more are refused. */
const requestRate = { points: 5_000, duration: 10 }

/** Counts what stays open (streams and sockets) and refuses more than the process, a person or an address may have. */
export interface StreamLimit {
  /** Takes a place and returns the function that gives it back. Throws `too_busy`. */
  enter(caller: Pick<Caller, 'userId'>, address: string): () => void
}

/** Makes a limit of `max` places, `maxEach` of them for one person and for one address. */
export function makeStreamLimit(max = maxStreams, maxEach = maxStreamsEach): StreamLimit {
  const open = new Map<string, number>()
  const all = 'all'
  return {
    enter({ userId }, address) {
      const keys = [all, `person ${userId}`, `address ${address}`]
      const full = keys.find((key) => (open.get(key) ?? 0) >= (key === all ? max : maxEach))
      if (full !== undefined) {
        const message =
          full === all ? `The server already serves ${max} streams.` : `You already have ${maxEach} streams open.`
        throw problem('too_busy', message, 'Close other pages or try again shortly.')
      }
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

/** Resolves at once for a frame within its rate, and later for one beyond. */
export type FramePace = () => Promise<void>

/** Makes the pace of each socket; the sockets of one person share a rate besides their own. */
export function makeFramePaces(): (caller: Pick<Caller, 'userId'>) => FramePace {
  const byPerson = new RateLimiterMemory(personFrameRate)
  return ({ userId }) => {
    const bySocket = new RateLimiterMemory(frameRate)
    return async () => {
      await waitFor(bySocket, 'socket')
      await waitFor(byPerson, userId)
    }
  }
}

async function waitFor(limiter: RateLimiterAbstract, key: string): Promise<void> {
  for (;;) {
    const waitMs = await limiter.consume(key).then(
      () => 0,
      ({ msBeforeNext = 1_000 }: { msBeforeNext?: number }) => msBeforeNext,
    )
    if (waitMs === 0) return
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref())
  }
}

/** Makes the count of requests by address. The result throws `too_busy` for one too many. */
export function makeRequestLimit(rate = requestRate): (address: string) => Promise<void> {
  const limiter: RateLimiterAbstract = new RateLimiterMemory(rate)
  return async (address) => {
    try {
      await limiter.consume(address)
    } catch {
      throw problem('too_busy', 'This address sends too many requests.', 'Wait a moment and try again.')
    }
  }
}
