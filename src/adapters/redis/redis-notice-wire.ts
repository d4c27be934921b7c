import type { NoticeWire } from '../../core/ports/notices.ts'
import type { Redis, RedisClient } from './redis-client.ts'

const channel = 'floe:notices'

/** Carries notices with PUBLISH, and listens on a connection of its own, as Redis demands of a subscriber. */
export function makeRedisNoticeWire(redis: Redis): NoticeWire {
  let listening: Promise<RedisClient> | null = null
  let subscriber: RedisClient | null = null

  const subscribe = async (onText: (text: string) => void): Promise<RedisClient> => {
    const client = await redis.duplicate()
    subscriber = client
    // The main connection tells of the loss; this one connects and subscribes again by itself.
    client.on('error', () => undefined)
    client
      .connect()
      .then(() => client.subscribe(channel, onText))
      .catch(() => undefined)
    return client
  }
  return {
    send: async (text) => {
      await redis.run((client) => client.publish(channel, text))
    },
    listen: (onText) => {
      listening ??= subscribe(onText)
    },
    isListening: () => subscriber !== null && subscriber.isReady && redis.upSince() !== null,
    close: async () => {
      ;(await listening)?.destroy()
    },
  }
}
