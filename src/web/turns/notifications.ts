import type { TurnNews } from './turn-news.ts'
import { language, say } from '../words/language.ts'
import { newsWords } from '../words/notifications.ts'

/** Whether this browser shows notifications of the page: it may not have been asked yet, or cannot be. */
export type NotificationStanding = NotificationPermission | 'insecure' | 'unsupported'

// Chrome on Android has the interface, but only a service worker may use it.
const isOnAndroid = /Android.*Chrome/.test(navigator.userAgent)

export function notificationStanding(): NotificationStanding {
  if (!isSecureContext) return 'insecure'
  return 'Notification' in globalThis && !isOnAndroid ? Notification.permission : 'unsupported'
}

/** Shows a notification; says whether the browser took it. A press on it brings the page to the front. */
export function showNotification(title: string, body: string, tag: string, onPress: () => void): boolean {
  try {
    const notification = new Notification(title, { body, tag, lang: language })
    notification.addEventListener('click', () => {
      window.focus()
      notification.close()
      onPress()
    })
    // What it tells is on the page.
    document.addEventListener('visibilitychange', () => !document.hidden && notification.close(), { once: true })
    return true
  } catch {
    return false
  }
}

/** Time for a visible tab to claim its news, and for how long a claim keeps other tabs from telling the same. */
const claimMs = { wait: 600, hold: 10_000 } as const

/**
 * Tells of news unless another tab does, or shows it: the first tab that claims a turn is the one that may tell. A tab that the person sees
 * claims at once and tells nothing.
 */
export async function tellOnce(news: TurnNews, tell: () => void): Promise<void> {
  if (document.hidden) await new Promise((resolve) => setTimeout(resolve, claimMs.wait))
  const name = `floe.news.${news.turnId}.${news.kind}`
  await navigator.locks.request(name, { ifAvailable: true }, async (claim) => {
    if (claim === null) return
    if (document.hidden) tell()
    await new Promise((resolve) => setTimeout(resolve, claimMs.hold))
  })
}

const bodyLength = 140

/** Shows what became of a question: its own words, cut where they are long, and nothing of the data. */
export function notifyOf({ turnId, kind, question }: TurnNews, onPress: () => void): void {
  const words = question ?? newsWords.ownSql
  const body =
    words.length > bodyLength ? say(newsWords.shortened, { text: words.slice(0, bodyLength).trimEnd() }) : words
  showNotification(newsWords.kinds[kind], body, `floe-${turnId}`, onPress)
}

const mark = '● '
let unmark: (() => void) | null = null

/** Marks the page's title until the page is seen, whatever the title becomes meanwhile. */
export function markTitle(): void {
  const title = document.querySelector('title')
  if (unmark !== null || title === null || !document.hidden) return
  const put = (): void => {
    if (!document.title.startsWith(mark)) document.title = mark + document.title
  }
  const observer = new MutationObserver(put)
  const onVisible = (): void => {
    if (!document.hidden) unmark?.()
  }
  unmark = () => {
    unmark = null
    observer.disconnect()
    document.removeEventListener('visibilitychange', onVisible)
    if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length)
  }
  put()
  observer.observe(title, { childList: true, characterData: true, subtree: true })
  document.addEventListener('visibilitychange', onVisible)
}
