import { useMutation } from '@tanstack/react-query'
import { CircleUserRound } from 'lucide-react'
import { useRef, type KeyboardEvent } from 'react'
import { Link } from 'react-router'
import type { Me } from '../../contract/people.ts'
import { fetchAccepted } from '../transport/api-client.ts'
import { languageOf, problemOf } from '../transport/channel.ts'
import { serverPath } from '../transport/server-address.ts'
import { say } from '../words/language.ts'
import { shellWords } from '../words/shell.ts'
import { useLeave, useMe } from './use-session.ts'

const words = shellWords.account

/** What the person is called on the page. */
const nameOf = ({ isLocal, name }: Me): string => (isLocal ? words.thisComputer : name)

/** The pages beside the questions that somebody may open. */
export const sidePagesOf = ({ isLocal, role }: Me): readonly (readonly [path: string, title: string])[] => [
  ['/account', shellWords.pages.account],
  ['/settings', shellWords.pages.settings],
  ...(isLocal || role !== 'admin'
    ? []
    : ([
        ['/people', shellWords.pages.people],
        ['/audit', shellWords.pages.audit],
      ] as const)),
]

const item = 'flex min-h-9 w-full items-center rounded-lg px-3 text-left text-sm text-fg hover:bg-hover'

/** Who uses Floe here, with the ways to their account and out. The name stands beside the sign where there is room. */
export function AccountMenu({ isNamed }: { readonly isNamed: boolean }) {
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
        aria-label={say(words.button, { name: nameOf(me) })}
        className="flex h-9 min-w-9 items-center justify-center gap-2 rounded-lg px-1.5 text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:h-10"
      >
        <CircleUserRound size={20} aria-hidden className="shrink-0" />
        {isNamed && <span className="max-w-40 truncate text-sm">{nameOf(me)}</span>}
      </button>
      <div
        ref={menu}
        id="account-menu"
        popover="auto"
        className="fixed inset-auto bottom-14 left-2 m-0 w-64 rounded-xl border border-line-strong bg-surface p-2 text-fg shadow-float"
      >
        <div className="border-b border-line px-3 pt-1 pb-2.5">
          <p className="truncate text-sm font-medium">{nameOf(me)}</p>
          <p className="text-xs break-words text-fg-2">{me.isLocal ? words.isLocal : me.email}</p>
        </div>
        <nav aria-label={words.pages} className="pt-2">
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
        {words.signOut}
      </button>
      {problem !== null && (
        <p role="alert" lang={languageOf(problem)} className="px-3 pb-1 text-xs text-bad">
          {problem.message} {problem.action}
        </p>
      )}
    </>
  )
}
