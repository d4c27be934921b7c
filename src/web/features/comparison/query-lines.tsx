import { clsx } from 'clsx'
import { useMemo } from 'react'
import type { Comparison } from '../../../contract/comparison.ts'
import { SqlCode } from '../../ui/sql-code.tsx'
import { comparisonWords as words } from '../../words/comparison.ts'

const lineLooks = {
  same: { sign: ' ', look: '' },
  removed: { sign: '−', look: 'bg-bad-bg' },
  added: { sign: '+', look: 'bg-ok-bg' },
} as const

/** The queries of both answers, folded: line by line what only one of them has. */
export function Queries({ before, after }: Omit<Comparison, 'changes'>) {
  const lines = useMemo(() => lineChanges(before.sql, after.sql), [before.sql, after.sql])
  const isSame = lines.every(({ kind }) => kind === 'same')
  return (
    <details className="rounded-xl border border-line bg-surface p-4 sm:p-5">
      <summary className="cursor-pointer text-lg pointer-coarse:py-1 font-semibold">
        {isSame ? words.sameQuery : words.otherQuery}
      </summary>
      {isSame ? (
        <div className="mt-3 overflow-x-auto rounded-lg bg-code p-3">
          <SqlCode sql={after.sql} />
        </div>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long lines are scrolled with the keys
        <section className="mt-3 overflow-x-auto rounded-lg bg-code p-3" tabIndex={0} aria-label={words.queries}>
          <ul className="w-max min-w-full font-mono text-sm">
            {lines.map(({ kind, text }, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- the list never changes
              <li key={at} className={clsx('flex gap-2 px-1 whitespace-pre', lineLooks[kind].look)}>
                <span aria-hidden className="w-3 text-fg-2">
                  {lineLooks[kind].sign}
                </span>
                <span className="sr-only">{words.line[kind]}</span>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
    </details>
  )
}

/** A line of two texts laid over one another. */
export interface LineChange {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Lines of each text beyond which their order is not looked into. */
const mostLines = 1_000

/** The lines of two texts with as many in common as there can be: what only the earlier one has stands before what only the later one has. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  if (Math.max(old.length, now.length) > mostLines) return wholeChange(old, now)
  const common = countCommon(old, now)
  const lines: LineChange[] = []
  let [at, to] = [0, 0]
  while (at < old.length || to < now.length) {
    const [gone, come] = [old[at], now[to]]
    const isGone = come === undefined || (common[at + 1]?.[to] ?? 0) >= (common[at]?.[to + 1] ?? 0)
    if (gone !== undefined && (gone === come || isGone)) {
      lines.push({ kind: gone === come ? 'same' : 'removed', text: gone })
      at += 1
      if (gone === come) to += 1
    } else if (come !== undefined) {
      lines.push({ kind: 'added', text: come })
      to += 1
    }
  }
  return lines
}

/** Long texts are the same or not. */
function wholeChange(old: readonly string[], now: readonly string[]): readonly LineChange[] {
  const linesOf = (kind: LineChange['kind'], texts: readonly string[]): readonly LineChange[] =>
    texts.map((text) => ({ kind, text }))
  const isSame = old.length === now.length && old.every((text, at) => text === now[at])
  return isSame ? linesOf('same', old) : [...linesOf('removed', old), ...linesOf('added', now)]
}

/** How many lines the rests of both texts from two places on can have in common. */
function countCommon(old: readonly string[], now: readonly string[]): readonly Uint16Array[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1))
  for (let at = old.length - 1; at >= 0; at -= 1)
    for (let to = now.length - 1; to >= 0; to -= 1) {
      const [row, below] = [common[at], common[at + 1]]
      if (row !== undefined && below !== undefined)
        row[to] = old[at] === now[to] ? (below[to + 1] ?? 0) + 1 : Math.max(below[to] ?? 0, row[to + 1] ?? 0)
    }
  return common
}
