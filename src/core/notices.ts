import { SentNotice, type Notice } from '../contract/notice.ts'
import type { Notices, NoticeWire } from './ports/notices.ts'

interface NoticesNeeds {
  /** In the order of preference: the first that takes a notice carries it, and all are listened to. None for a single copy. */
  readonly wires: readonly NoticeWire[]
  /** The id of this copy, by which it knows its own notices again. */
  readonly instanceId: string
  readonly onFault: (error: unknown) => void
}

/** Notices with the beginning and the end of their connections. */
export interface HeardNotices extends Notices {
  /** Begins to hear other copies. Publishing needs no listening. */
  listen(): void
  close(): Promise<void>
}

/** Makes the notices of a copy. */
export function makeNotices({ wires, instanceId, onFault }: NoticesNeeds): HeardNotices {
  const subscribers = new Set<(notice: Notice) => void>()
  const deliver = (notice: Notice): void => {
    for (const tell of subscribers) {
      try {
        tell(notice)
      } catch (error) {
        onFault(error)
      }
    }
  }
  const receive = (text: string): void => {
    const sent = readSent(text)
    // Copies of another version may tell what this one does not know.
    if (sent !== null && sent.from !== instanceId) deliver(sent.notice)
  }
  return {
    publish: async (notice) => {
      deliver(notice)
      const text = JSON.stringify({ from: instanceId, notice } satisfies SentNotice)
      for (const [index, wire] of wires.entries()) {
        try {
          return await wire.send(text)
        } catch (error) {
          if (index === wires.length - 1) onFault(error)
        }
      }
    },
    subscribe: (onNotice) => {
      // One function may be subscribed twice.
      const tell = (notice: Notice): void => onNotice(notice)
      subscribers.add(tell)
      return () => subscribers.delete(tell)
    },
    hearsOthers: () => wires.some((wire) => wire.isListening()),
    listen: () => {
      for (const wire of wires) wire.listen(receive)
    },
    close: async () => {
      subscribers.clear()
      await Promise.all(wires.map((wire) => wire.close()))
    },
  }
}

function readSent(text: string): SentNotice | null {
  try {
    return SentNotice.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
