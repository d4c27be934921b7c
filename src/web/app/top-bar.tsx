import { Plus } from 'lucide-react'
import { Link } from 'react-router'
import type { ReactNode } from 'react'
import markUrl from './floe-mark.svg'

export interface TopBarProps {
  /** The conversation's name; null before there is one. */
  readonly title: string | null
  readonly connection: ReactNode
  /** What everybody should know at the moment. */
  readonly notice: ReactNode
}

/** The slim bar on top: where one is, the way to a new question, and what is being asked. */
export function TopBar({ title, connection, notice }: TopBarProps) {
  return (
    <header className="shrink-0">
      <div className="flex h-12 items-center gap-3 border-b border-line/60 px-3 text-sm sm:px-4">
        <Link to="/" className="flex shrink-0 items-center gap-2.5 rounded-md" aria-label="Floe, start page">
          <img src={markUrl} alt="" width={26} height={26} />
          <span className="text-base font-semibold tracking-tight max-sm:hidden">Floe</span>
        </Link>
        <Link
          to="/"
          className="flex h-8 shrink-0 items-center gap-1.5 rounded-lg border border-line bg-raised px-2.5 font-medium text-fg hover:bg-hover pointer-coarse:h-9"
        >
          <Plus size={15} aria-hidden />
          New question
        </Link>
        <p className="min-w-0 flex-1 truncate text-fg-2 max-sm:invisible">{title}</p>
        {connection}
      </div>
      {notice}
    </header>
  )
}
