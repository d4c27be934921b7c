import { useEffect, useId, useRef, type ReactNode, type Ref } from 'react'

export interface PanelProps {
  readonly title: string
  /** What the panel is for, in a sentence. */
  readonly about?: string
  /** The heading, which takes the focus when what had it is gone. */
  readonly heading?: Ref<HTMLHeadingElement>
  readonly children?: ReactNode
}

/** A part of a settings page under a heading of its own. */
export function Panel({ title, about, heading, children }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4 sm:p-5">
      <div className="flex flex-col gap-1">
        <h2 id={id} ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          {title}
        </h2>
        {about !== undefined && <p className="text-sm text-fg-2">{about}</p>}
      </div>
      {children}
    </section>
  )
}

/** The shape of a list that is on its way; seen only when that takes long enough to be noticed. */
export const ListSkeleton = () => (
  <div aria-hidden className="flex animate-appear-late flex-col gap-3">
    {[1, 2, 3].map((row) => (
      <div key={row} className="h-12 rounded-lg bg-raised" />
    ))}
  </div>
)

const tones = { plain: 'bg-raised text-fg-2', accent: 'bg-accent-bg text-accent-text', warn: 'bg-warn-bg text-warn' }

/** A word beside a name that says what state it is in. */
export const Badge = ({
  tone = 'plain',
  children,
}: {
  readonly tone?: keyof typeof tones
  readonly children: ReactNode
}) => (
  <span className={`inline-flex items-center rounded-sm px-1.5 py-0.5 text-xs whitespace-nowrap ${tones[tone]}`}>
    {children}
  </span>
)

/** A heading that takes the focus once something of its list is gone together with the button that had the focus. */
export function useHeadingOfList(count: number) {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(count)
  useEffect(() => {
    if (count < before.current && document.activeElement === document.body) heading.current?.focus()
    before.current = count
  }, [count])
  return heading
}
