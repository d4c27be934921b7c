import { useMutation } from '@tanstack/react-query'
import { CircleUserRound } from 'lucide-react'
import { useRef, type KeyboardEvent } from 'react'
import { Link } from 'react-router'
import type { Me } from '../../contract/people.ts'
import { fetchAccepted } from '../transport/api-client.ts'
import { problemOf } from '../transport/channel.ts'
import { serverPath } from '../transport/server-address.ts'
import { useLeave, useMe } from './use-session.ts'

/** What the person is called on the page. */
const nameOf = ({ isLocal, name }: Me): string => (isLocal ? 'This computer' : name)

/** The pages beside the questions that somebody may open. */
export const sidePagesOf = ({ isLocal, role }: Me): readonly (readonly [path: string, title: string])[] => [
  ['/account', 'Account'],
  ['/settings', 'Settings'],
  ...(isLocal || role !== 'admin'
    ? []
    : ([
        ['/people', 'People'],
        ['/audit', 'Audit'],
      ] as const)),
]

const item = 'flex min-h-9 w-full items-center rounded-lg px-3 text-left text-sm text-fg hover:bg-hover'

/** Who uses Floe here, with the ways to their account and out. */
export function AccountMenu() {
  const { data: me } = useMe()
  const menu = useRef<HTMLDivElement>(null)
  if (me === undefined) return null
  const close = (): void => menu.current?.hidePopover()
  // The key that closes the menu must not reach the page, where it stops what runs.
  const keepEscape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && menu.current?.matches(':popover-open') === true) event.stopPropagation()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- listens to keys of the button and the menu inside
    <div onKeyDown={keepEscape} className="contents">
      <button
        type="button"
        popoverTarget="account-menu"
        aria-label={`Account: ${nameOf(me)}`}
        className="flex h-8 min-w-8 shrink-0 items-center justify-center gap-1.5 rounded-lg px-1.5 text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:h-9"
      >
        <CircleUserRound size={20} aria-hidden />
        <span className="max-w-40 truncate text-sm max-lg:hidden">{nameOf(me)}</span>
      </button>
      <div
        ref={menu}
        id="account-menu"
        popover="auto"
        className="fixed inset-auto top-12 right-3 m-0 w-64 rounded-xl border border-line-strong bg-surface p-2 text-fg shadow-[0_8px_24px_#00000066]"
      >
        <div className="border-b border-line px-3 pt-1 pb-2.5">
          <p className="truncate text-sm font-medium">{nameOf(me)}</p>
          <p className="text-xs break-words text-fg-2">
            {me.isLocal ? 'Floe runs for you alone on this computer.' : me.email}
          </p>
        </div>
        <nav aria-label="Your pages" className="pt-2">
          {sidePagesOf(me).map(([path, title]) => (
            <Link key={path} to={path} onClick={close} className={item}>
              {title}
            </Link>
          ))}
        </nav>
        {!me.isLocal && <SignOut />}
      </div>
    </div>
  )
}

function SignOut() {
  const leave = useLeave()
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => fetchAccepted(`${serverPath()}/auth/sign-out`, { method: 'POST' }),
    onSuccess: leave,
  })
  const problem = error === null ? null : problemOf(error)
  return (
    <>
      <button type="button" disabled={isPending} onClick={() => mutate()} className={item}>
        Sign out
      </button>
      {problem !== null && (
        <p role="alert" className="px-3 pb-1 text-xs text-bad">
          {problem.message} {problem.action}
        </p>
      )}
    </>
  )
}
