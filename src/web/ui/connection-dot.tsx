import { clsx } from 'clsx'
import type { ConnectionSummary } from '../../contract/api.ts'
import { say } from '../words/language.ts'
import { uiWords } from '../words/ui.ts'
import { useMoments } from './moments.ts'

const words = uiWords.connection

const looks = {
  answered: 'border-ok bg-ok',
  signIn: 'border-warn bg-warn',
  failed: 'border-bad bg-bad',
  untried: 'border-fg-3',
} as const

type DotKind = keyof typeof looks

/** How a warehouse stands, as far as the server has seen: it tells nothing of the line between this page and the server. */
export function connectionStanding(
  { saved, state }: Pick<ConnectionSummary, 'saved' | 'state'>,
  ago: (at: string) => string,
): { readonly kind: DotKind; readonly text: string } {
  if (saved?.needsSignIn === true) return { kind: 'signIn', text: words.needsSignIn }
  const { answeredAt = null, failedAt = null, failure = null } = state ?? {}
  if (failedAt !== null && failedAt > (answeredAt ?? ''))
    return { kind: 'failed', text: say(words.failed, { ago: ago(failedAt), failure: failure ?? '' }) }
  return answeredAt === null
    ? { kind: 'untried', text: words.untried }
    : { kind: 'answered', text: say(words.answered, { ago: ago(answeredAt) }) }
}

export interface ConnectionDotProps {
  readonly connection: Pick<ConnectionSummary, 'saved' | 'state'>
  /** Whether the words stand beside the dot; else they are its name. */
  readonly withWords?: boolean
}

/** A dot, and words, for how a warehouse stands: answered, failed, needs a sign-in, or not tried yet. */
export function ConnectionDot({ connection, withWords = false }: ConnectionDotProps) {
  const { ago } = useMoments()
  const { kind, text } = connectionStanding(connection, ago)
  const dot = clsx('inline-block size-2 shrink-0 rounded-full border', looks[kind])
  if (!withWords)
    return (
      <span title={text} className={dot}>
        <span className="sr-only">{text}</span>
      </span>
    )
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <span aria-hidden className={dot} />
      <span className="min-w-0 break-words">{text}</span>
    </span>
  )
}
