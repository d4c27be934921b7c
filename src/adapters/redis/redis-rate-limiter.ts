import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Redis, RedisClient } from './redis-client.ts'

interface Rate {
  readonly points: number
  /** In seconds. */
  readonly duration: number
}

/**
 * Makes limiters whose counts all copies share. While Redis is away each copy counts by itself. A limiter sends Redis one command a count.
 */
export function makeRedisRateLimiters(redis: Redis): (name: string, rate: Rate) => RateLimiterAbstract {
  // The limiter is given the one command it uses, so that its deadline and its failure are those of all work with Redis.
  const storeClient = {
    eval: (...given: Parameters<RedisClient['eval']>) => redis.run((client) => client.eval(...given)),
  }
  return (name, rate) =>
    new RateLimiterRedis({
      ...rate,
      storeClient,
      useRedisPackage: true,
      keyPrefix: `floe:rate:${name}`,
      insuranceLimiter: new RateLimiterMemory(rate),
    })
}
