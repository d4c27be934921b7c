import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ConnectionState } from '../../../contract/api.ts'
import type { SavedConnection } from '../../../contract/connection.ts'
import type { ConnectionOptions } from '../../../contract/connection-setup.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { ConnectionDot } from '../../ui/connection-dot.tsx'
import { Fault } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge } from '../../ui/panel.tsx'
import { connectionsWords as words, snowflakeWords } from '../../words/connections.ts'
import { languageLocale, say } from '../../words/language.ts'
import { isByBrowser } from './connection-draft.ts'
import { DoctorPanel } from './doctor-panel.tsx'
import { FolderForm } from './folder-form.tsx'
import { SqlToHandOver } from './setup-script.tsx'
import { ShareSection } from './share-section.tsx'
import { SnowflakeForm } from './snowflake-form.tsx'

export type CardPart = 'test' | 'edit' | 'share'

export interface ConnectionCardProps {
  readonly api: ApiClient
  readonly options: ConnectionOptions
  readonly connection: SavedConnection
  /** How its warehouse stands; undefined where it was not tried since the server started. */
  readonly state: ConnectionState | undefined
  readonly isDefault: boolean
  /** Whether there are others to share with. */
  readonly canShare: boolean
  /** What of it is open at first; null for nothing. */
  readonly opened: CardPart | null
  readonly onDefault: () => void
  readonly onRemove: () => void
}

/** One of the person's own connections: its state, and everything that can be done with it. */
export function ConnectionCard(props: ConnectionCardProps) {
  const { api, options, connection, opened, canShare } = props
  const [part, setPart] = useState(opened)
  // The list may bring a new connection before it is known to be the one that was just saved.
  const [before, setBefore] = useState(opened)
  if (opened !== before) {
    setBefore(opened)
    if (opened !== null) setPart(opened)
  }
  const item = useRef<HTMLLIElement>(null)
  // The button that had the focus goes away with its part; the keys go on at the one that opened it.
  const show = (next: CardPart | null): void => {
    item.current?.querySelector<HTMLElement>('[aria-expanded="true"]')?.focus()
    setPart(next)
  }
  const close = (): void => show(null)
  const onSaved = (saved: SavedConnection): void => show(saved.needsSignIn ? null : 'test')
  const onDefault = (): void => {
    item.current?.querySelector('h3')?.focus()
    props.onDefault()
  }
  return (
    <li ref={item} className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4 sm:p-5">
      <Head {...props} />
      {connection.setupSql !== null && !isUsed(connection) && (
        <div className="flex flex-col gap-2 text-sm">
          <p>{words.setup}</p>
          <SqlToHandOver sql={connection.setupSql} what={say(words.setupSql, { name: connection.name })} />
        </div>
      )}
      <Actions {...props} part={part} onPart={setPart} canShare={canShare} onDefault={onDefault} />
      {part === 'test' && <DoctorPanel key={connection.updatedAt} api={api} connection={connection} onClose={close} />}
      {part === 'edit' && (
        <div className="border-t border-line pt-4">
          {connection.kind === 'snowflake' ? (
            <SnowflakeForm api={api} options={options} saved={connection} onSaved={onSaved} onClose={close} />
          ) : (
            <FolderForm api={api} saved={connection} onSaved={onSaved} onClose={close} />
          )}
        </div>
      )}
      {part === 'share' && <ShareSection api={api} connection={connection} onClose={close} />}
    </li>
  )
}

/** A connection that was used has had its administrator's SQL. */
const isUsed = ({ lastUsedAt, checkedAt, warning }: SavedConnection): boolean =>
  lastUsedAt !== null || (checkedAt !== null && warning !== null)

function Head({ api, connection, state, isDefault }: ConnectionCardProps) {
  const moments = useMoments()
  const { id, name, needsSignIn, warning, lastUsedAt, checkedAt } = connection
  const dates = [
    lastUsedAt === null ? words.neverUsed : say(words.lastUsed, { ago: moments.ago(lastUsedAt) }),
    ...(checkedAt === null ? [] : [say(words.tested, { ago: moments.ago(checkedAt) })]),
  ]
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <h3 tabIndex={-1} className="min-w-0 text-base font-semibold break-words outline-none">
          {name}
        </h3>
        {warning !== null && <Badge tone="warn">{words.notReadOnly}</Badge>}
        {isDefault && <Badge tone="accent">{words.isDefault}</Badge>}
      </div>
      <p className="text-sm break-words text-fg-2">{aboutOf(connection)}</p>
      <div className="text-xs text-fg-2">
        <ConnectionDot connection={{ saved: { id, needsSignIn }, ...(state && { state }) }} withWords />
      </div>
      <p className="text-xs text-fg-2">{dates.join(' · ')}</p>
      {warning !== null && (
        <p lang="en" className="text-sm break-words text-warn">
          {warning}
        </p>
      )}
      <PolicyLine api={api} connection={connection} />
    </div>
  )
}

function aboutOf(connection: SavedConnection): string {
  if (connection.kind === 'folder') return say(words.about.folder, { path: connection.path })
  const { account, role, warehouse, signIn } = connection
  return [
    say(words.about.account, { account }),
    role === null ? words.about.defaultRole : say(words.about.role, { name: role }),
    warehouse === null ? words.about.defaultWarehouse : say(words.about.warehouse, { name: warehouse }),
    snowflakeWords.signIns[signIn.method].label,
  ].join(' · ')
}

/** What the operator has set for the connection's name; nothing where that is what holds everywhere. */
function PolicyLine({ api, connection }: Pick<ConnectionCardProps, 'api' | 'connection'>) {
  const { id, name } = connection
  const policy = useQuery({
    queryKey: ['connection-policy', id, name],
    queryFn: ({ signal }) => api.connections.policy({ connectionId: id }, { signal }),
    staleTime: 5 * 60_000,
  })
  if (policy.data?.isChanged !== true) return null
  const { maxRows, queryTimeoutSeconds, askAboveBytes, refuseAboveBytes, functions } = policy.data
  const limits = [
    say(words.policy.rows, { count: maxRows }),
    say(words.policy.seconds, { count: queryTimeoutSeconds }),
    say(words.policy.asksAbove, { size: bytesInWords(askAboveBytes, languageLocale) }),
    say(words.policy.refusesAbove, { size: bytesInWords(refuseAboveBytes, languageLocale) }),
    ...(functions.length === 0 ? [] : [say(words.policy.functions, { names: functions.join(', ') })]),
  ].join(' · ')
  return <p className="text-xs break-words text-fg-2">{say(words.policy.whole, { limits })}</p>
}

interface ActionsProps extends ConnectionCardProps {
  readonly part: CardPart | null
  readonly onPart: (part: CardPart | null) => void
}

function Actions({ api, connection, isDefault, canShare, part, onPart, onDefault, onRemove }: ActionsProps) {
  const { id, name, kind, needsSignIn } = connection
  const { actions } = words
  const signIn = useMutation({
    mutationFn: async () => {
      const { url } = await api.connections.startSignIn({ connectionId: id, returnTo: 'settings' })
      const { protocol, href } = new URL(url)
      if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`A sign-in page cannot be at ${protocol}`)
      location.assign(href)
    },
  })
  const byBrowser = connection.kind === 'snowflake' && isByBrowser(connection.signIn.method)
  const toggle = (which: CardPart) => () => onPart(part === which ? null : which)
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {byBrowser && (
          <Button
            size="sm"
            look={needsSignIn ? 'primary' : 'secondary'}
            aria-disabled={signIn.isPending || signIn.isSuccess}
            aria-label={say(actions.signInTo, { name })}
            onClick={() => signIn.isPending || signIn.isSuccess || signIn.mutate()}
          >
            {needsSignIn ? actions.signIn : actions.signInAgain}
          </Button>
        )}
        {!needsSignIn && (
          <Button
            size="sm"
            aria-expanded={part === 'test'}
            aria-label={say(actions.testIt, { name })}
            onClick={toggle('test')}
          >
            {actions.test}
          </Button>
        )}
        <Button
          size="sm"
          aria-expanded={part === 'edit'}
          aria-label={say(actions.changeIt, { name })}
          onClick={toggle('edit')}
        >
          {actions.change}
        </Button>
        {canShare && kind === 'snowflake' && (
          <Button
            size="sm"
            aria-expanded={part === 'share'}
            aria-label={say(actions.shareIt, { name })}
            onClick={toggle('share')}
          >
            {actions.share}
          </Button>
        )}
        {!isDefault && (
          <Button size="sm" aria-label={say(actions.asDefaultIt, { name })} onClick={onDefault}>
            {actions.asDefault}
          </Button>
        )}
        <Button size="sm" look="quiet" aria-label={say(actions.removeIt, { name })} onClick={onRemove}>
          {actions.remove}
        </Button>
      </div>
      <Fault error={signIn.error} />
    </div>
  )
}
