import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import type { ConnectionState, ConnectionSummary } from '../../../contract/api.ts'
import type { SavedConnection } from '../../../contract/connection.ts'
import type { ConnectionOptions } from '../../../contract/connection-setup.ts'
import type { SharedConnection } from '../../../contract/connection-shares.ts'
import type { Me } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConnectionDot } from '../../ui/connection-dot.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { Badge, ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { termsInWords } from '../../ui/share-form.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { connectionsWords as words } from '../../words/connections.ts'
import { say } from '../../words/language.ts'
import { ConnectionCard, type CardPart } from './connection-card.tsx'
import { FolderForm } from './folder-form.tsx'
import { useRefresh } from './form-parts.tsx'
import { SnowflakeForm } from './snowflake-form.tsx'

export interface ConnectionsPanelProps {
  readonly api: ApiClient
  readonly me: Me
  /** What is known of how connections stand. */
  readonly summaries: readonly ConnectionSummary[]
  /** The connection of new conversations that the person has set; null for none. */
  readonly defaultConnection: string | null
  readonly onDefault: (ref: string | null) => Promise<void>
}

type NewKind = 'snowflake' | 'folder'

/** The person's connections, and what others share with them. */
export function ConnectionsPanel(props: ConnectionsPanelProps) {
  const { api } = props
  const list = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => api.connections.list(undefined, { signal }),
  })
  const options = useQuery({
    queryKey: ['connection-options'],
    queryFn: ({ signal }) => api.connections.options(undefined, { signal }),
    staleTime: 5 * 60_000,
  })
  const error = list.error ?? options.error
  if (list.data !== undefined && options.data !== undefined)
    return <Connections {...props} list={list.data} options={options.data} />
  if (error === null) return <ListSkeleton />
  const again = (): void => {
    void list.refetch()
    void options.refetch()
  }
  return <FaultBox problem={problemOf(error)} onAgain={again} />
}

interface ConnectionsProps extends ConnectionsPanelProps {
  readonly list: readonly (SavedConnection | SharedConnection)[]
  readonly options: ConnectionOptions
}

const isOwn = (connection: SavedConnection | SharedConnection): connection is SavedConnection => 'kind' in connection

function Connections({ api, me, summaries, list, options, defaultConnection, onDefault }: ConnectionsProps) {
  const [made, setMade] = useState<SavedConnection | null>(null)
  const [search, setSearch] = useSearchParams()
  const asked = search.get('new')
  const adding: NewKind | null = asked === 'snowflake' || asked === 'folder' ? asked : null
  const setAdding = (kind: NewKind | null): void => setSearch(kind === null ? {} : { new: kind }, { replace: true })
  const own = list.filter(isOwn)
  const shared = list.filter((each): each is SharedConnection => !isOwn(each))
  const heading = useHeadingOfList(own.length)
  const stateOf = (ref: string) => summaries.find((each) => each.ref === ref)?.state
  const { use, remove } = useActions({ api, defaultConnection, onDefault })
  useSignedInNews(own)
  const close = (): void => {
    heading.current?.focus()
    setAdding(null)
  }
  const onSaved = (saved: SavedConnection): void => {
    setMade(saved)
    close()
  }
  return (
    <>
      <Panel title={words.own.title} heading={heading} about={words.own.about}>
        {own.length === 0 && adding === null && <p className="text-sm text-fg-2">{words.own.empty}</p>}
        <ul aria-label={words.own.title} className="flex flex-col gap-3 empty:hidden">
          {own.map((connection) => (
            <ConnectionCard
              key={connection.id}
              {...{ api, options, connection }}
              state={stateOf(connection.name)}
              isDefault={connection.name === defaultConnection}
              canShare={!me.isLocal && me.role !== 'viewer'}
              opened={openedOf(connection, made, search)}
              onDefault={() => void use(connection.name, connection.name)}
              onRemove={() => void remove(connection)}
            />
          ))}
        </ul>
        {adding === null && <AddButtons options={options} onAdd={setAdding} />}
        {adding === 'snowflake' && <SnowflakeForm {...{ api, options, onSaved }} saved={null} onClose={close} />}
        {adding === 'folder' && <FolderForm {...{ api, onSaved }} saved={null} onClose={close} />}
      </Panel>
      {shared.length > 0 && (
        <Panel title={words.shared.title} about={words.shared.about}>
          <ul aria-label={words.shared.title} className="flex flex-col divide-y divide-line">
            {shared.map((each) => (
              <SharedRow
                key={each.id}
                connection={each}
                state={stateOf(each.ref)}
                isDefault={each.ref === defaultConnection}
                onDefault={() => void use(each.ref, each.name)}
              />
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

/** What of a connection is open at first: the test of one that was just saved, or what an address names. */
function openedOf(connection: SavedConnection, made: SavedConnection | null, search: URLSearchParams): CardPart | null {
  if (connection.id === made?.id) return connection.needsSignIn || connection.setupSql !== null ? null : 'test'
  if (connection.id !== search.get('connection')) return null
  return search.get('signed-in') === 'yes' ? 'test' : 'edit'
}

/** After the way to a sign-in page and back. */
function useSignedInNews(own: readonly SavedConnection[]): void {
  const toast = useToast()
  const [search] = useSearchParams()
  const name = own.find(({ id }) => id === search.get('connection'))?.name
  const isSignedIn = search.get('signed-in') === 'yes'
  useEffect(() => {
    if (isSignedIn && name !== undefined) toast({ text: say(words.news.signedIn, { name }) })
  }, [isSignedIn, name, toast])
}

function useActions({ api, defaultConnection, onDefault }: Omit<ConnectionsPanelProps, 'me' | 'summaries'>) {
  const toast = useToast()
  const refresh = useRefresh()
  const orSay = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const { message, action } = problemOf(error)
      toast({ text: `${message} ${action}` })
    }
  }
  const use = (ref: string, name: string): Promise<void> =>
    orSay(async () => {
      await onDefault(ref)
      toast({ text: say(words.news.newDefault, { name }), undo: () => onDefault(defaultConnection) })
    })
  const remove = ({ id, name }: SavedConnection): Promise<void> =>
    orSay(async () => {
      await api.connections.setAside({ connectionId: id })
      await refresh()
      toast({
        text: say(words.news.removed, { name }),
        undo: async () => {
          await api.connections.restore({ connectionId: id })
          await refresh()
        },
      })
    })
  return { use, remove }
}

interface AddButtonsProps {
  readonly options: ConnectionOptions
  readonly onAdd: (kind: NewKind) => void
}

function AddButtons({ options, onAdd }: AddButtonsProps) {
  const refusals = new Set(options.kinds.flatMap(({ refusal }) => refusal ?? []))
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {options.kinds
          .filter(({ refusal }) => refusal === null)
          .map(({ kind }) => (
            <Button key={kind} onClick={() => onAdd(kind)}>
              {words.own.add[kind]}
            </Button>
          ))}
      </div>
      {[...refusals].map((refusal) => (
        <p key={refusal} lang="en" className="text-xs text-fg-2">
          {refusal}
        </p>
      ))}
    </div>
  )
}

interface SharedRowProps {
  readonly connection: SharedConnection
  readonly state: ConnectionState | undefined
  readonly isDefault: boolean
  readonly onDefault: () => void
}

function SharedRow({ connection, state, isDefault, onDefault }: SharedRowProps) {
  const { id, name, engine, sharedBy, groups, warning, needsSignIn } = connection
  const title = useRef<HTMLParagraphElement>(null)
  const makeDefault = (): void => {
    // The pressed button goes away.
    title.current?.focus()
    onDefault()
  }
  return (
    <li className="flex flex-wrap items-center gap-3 py-3 text-sm">
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <p ref={title} tabIndex={-1} className="flex flex-wrap items-center gap-2 font-medium break-words outline-none">
          {name}
          {isDefault && <Badge tone="accent">{words.isDefault}</Badge>}
        </p>
        <p className="text-xs text-fg-2">
          <ConnectionDot connection={{ saved: { id, needsSignIn }, ...(state && { state }) }} withWords />
        </p>
        <p className="text-xs break-words text-fg-2">
          {say(words.shared.from, { engine, person: sharedBy, groups: groups.join(', ') })}
        </p>
        <p className="text-xs break-words text-fg-2">{termsInWords(connection)}</p>
        {warning !== null && (
          <p lang="en" className="text-xs break-words text-warn">
            {warning}
          </p>
        )}
      </div>
      {!isDefault && (
        <Button size="sm" aria-label={say(words.actions.asDefaultIt, { name })} onClick={makeDefault}>
          {words.actions.asDefault}
        </Button>
      )}
    </li>
  )
}
