import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, Play, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState, type ComponentType } from 'react'
import { useNavigate } from 'react-router'
import type { Favorite, OpenedFavorite, ParameterValues } from '../../../contract/favorites.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { favoritesNews, useConversationChanges } from '../../turns/conversation-changes.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, FaultBox } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel } from '../../ui/panel.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { favoritePageWords } from '../../words/favorite-page.ts'
import { say } from '../../words/language.ts'
import { CompareRuns, FavoriteChanges } from './favorite-changes.tsx'
import { AboutFields, FavoriteSharing } from './favorite-fields.tsx'
import { ParameterControls, QueryEditor } from './favorite-query.tsx'
import { favoritesKey, useChange } from './favorites-data.ts'

/** A turn that a favorite has started. */
export interface StartedRun {
  readonly turnId: string
  readonly conversationId: string
  readonly connection: string
}

export interface FavoritePageProps {
  readonly api: ApiClient
  readonly favoriteId: string
  /** Whether there are other people to share with. */
  readonly mayShare: boolean
  /** Draws what a favorite keeps of its result. */
  readonly KeptAnswer: ComponentType<{ readonly opened: OpenedFavorite }>
  /** Draws a turn from its proposal to its answer, and says when it is over. */
  readonly RunningTurn: ComponentType<StartedRun & { readonly onOver: () => void }>
}

/** One favorite: what it asks, what it kept, and what it brings now. */
export function FavoritePage({ api, favoriteId, ...rest }: FavoritePageProps) {
  const queries = useQueryClient()
  const key = [...favoritesKey, 'one', favoriteId]
  useConversationChanges(() => void queries.invalidateQueries({ queryKey: key }), favoritesNews)
  const opened = useQuery({ queryKey: key, queryFn: ({ signal }) => api.favorites.read({ favoriteId }, { signal }) })
  if (opened.data === undefined)
    return opened.error === null ? (
      <ListSkeleton />
    ) : (
      <FaultBox problem={problemOf(opened.error)} onAgain={() => void opened.refetch()} />
    )
  return <Opened api={api} key={favoriteId} favoriteId={favoriteId} opened={opened.data} {...rest} />
}

function Opened({
  api,
  opened,
  mayShare,
  KeptAnswer,
  RunningTurn,
}: FavoritePageProps & { readonly opened: OpenedFavorite }) {
  const { favorite } = opened
  const [run, setRun] = useState<StartedRun | null>(null)
  const [isOver, setOver] = useState(false)
  const isOwn = favorite.owner === null
  const queries = useQueryClient()
  const onOver = (): void => {
    setOver(true)
    void queries.invalidateQueries({ queryKey: [...favoritesKey, 'one', favorite.id] })
  }
  return (
    <>
      <Head api={api} favorite={favorite} />
      <Panel title={favoritePageWords.query} about={say(favoritePageWords.asks, { connection: favorite.connection })}>
        <div className="overflow-x-auto rounded-lg bg-code p-3">
          <SqlCode sql={favorite.sql} />
        </div>
        <div className="flex flex-wrap gap-2">
          <CopyButton
            text={() => favorite.sql}
            what={favoritePageWords.copiedThing}
            label={favoritePageWords.copySql}
          />
          {isOwn && <QueryEditor api={api} favorite={favorite} />}
        </div>
        <RunForm
          api={api}
          favorite={favorite}
          onStarted={(started) => {
            setRun(started)
            setOver(false)
          }}
        />
      </Panel>
      <div
        data-compared={run === null ? undefined : ''}
        className={run === null ? 'flex flex-col gap-6' : 'grid gap-6 xl:grid-cols-2'}
      >
        <Kept opened={opened} KeptAnswer={KeptAnswer} />
        {run !== null && (
          <section aria-label={favoritePageWords.now} className="flex min-w-0 flex-col gap-4">
            <ArrivedHeading key={run.turnId} />
            <RunningTurn key={run.turnId} {...run} onOver={onOver} />
          </section>
        )}
      </div>
      {run !== null && isOver && <FavoriteChanges api={api} favorite={favorite} turnId={run.turnId} />}
      <CompareRuns runs={favorite.runs} />
      {isOwn && <AboutFields key={favorite.id} api={api} favorite={favorite} />}
      {isOwn && <FavoriteSharing api={api} favorite={favorite} mayShare={mayShare} />}
    </>
  )
}

/** Comes into sight and takes the focus once a run begins, so that what it asks is read next. */
function ArrivedHeading() {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
      {favoritePageWords.now}
    </h2>
  )
}

function Head({ api, favorite }: { readonly api: ApiClient; readonly favorite: Favorite }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const navigate = useNavigate()
  const change = useChange()
  const { day, exact } = useMoments()
  useEffect(() => {
    document.title = `${favorite.title.slice(0, 80)} · Floe`
  }, [favorite.title])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const isOwn = favorite.owner === null
  const { id: favoriteId, title, verified } = favorite
  const duplicate = useMutation({
    mutationFn: () => api.favorites.duplicate({ favoriteId }),
    onSuccess: (copy) => void navigate(`/favorites/${copy.id}`),
  })
  return (
    <header className="flex flex-col gap-2">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight break-words outline-none">
        {title}
      </h1>
      <p className="flex flex-wrap items-center gap-2 text-sm text-fg-2">
        {favorite.owner !== null && <Badge>{say(favoritePageWords.sharedBy, { owner: favorite.owner })}</Badge>}
        {verified !== null && (
          <span title={exact(verified.at)}>
            <Badge tone="accent">
              {verified.by.isMe
                ? say(favoritePageWords.verifiedByYou, { day: day(verified.at) })
                : say(favoritePageWords.verifiedBy, { person: verified.by.name, day: day(verified.at) })}
            </Badge>
          </span>
        )}
        {favorite.question !== null && favorite.question !== title && <span>{favorite.question}</span>}
      </p>
      {!isOwn && favorite.note !== '' && <p className="text-sm whitespace-pre-wrap text-fg-2">{favorite.note}</p>}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" disabled={duplicate.isPending} onClick={() => duplicate.mutate()}>
          <Copy size={15} aria-hidden />
          {isOwn ? favoritePageWords.duplicate : favoritePageWords.copy}
        </Button>
        {isOwn && (
          <Button
            size="sm"
            onClick={() => {
              void navigate('/')
              change.mutate({
                work: () => api.favorites.remove({ favoriteId }),
                said: say(favoritePageWords.removed, { title }),
                undo: () => api.favorites.restore({ favoriteId }),
              })
            }}
          >
            <Trash2 size={15} aria-hidden />
            {favoritePageWords.remove}
          </Button>
        )}
      </div>
      <Fault error={duplicate.error} />
    </header>
  )
}

function RunForm({
  api,
  favorite,
  onStarted,
}: {
  readonly api: ApiClient
  readonly favorite: Favorite
  readonly onStarted: (run: StartedRun) => void
}) {
  const [values, setValues] = useState<ParameterValues>(favorite.runs[0]?.values ?? {})
  const known = favorite.parameters.map(({ name }) => name)
  const start = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(Object.entries(values).filter(([name]) => known.includes(name)))
      return api.favorites.run({ favoriteId: favorite.id, values: given })
    },
    onSuccess: ({ turnId, conversationId }) => onStarted({ turnId, conversationId, connection: favorite.connection }),
  })
  return (
    <form
      aria-label={favoritePageWords.run}
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
      className="flex flex-col gap-3"
    >
      <ParameterControls parameters={favorite.parameters} values={values} onChange={setValues} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" disabled={start.isPending}>
          <Play size={15} aria-hidden />
          {favoritePageWords.run}
        </Button>
        <p className="text-xs text-fg-2">{favoritePageWords.runAbout}</p>
      </div>
      <Fault error={start.error} />
    </form>
  )
}

function Kept({ opened, KeptAnswer }: { readonly opened: OpenedFavorite } & Pick<FavoritePageProps, 'KeptAnswer'>) {
  const { day, exact } = useMoments()
  const { result, sql, owner } = opened.favorite
  const texts = favoritePageWords.kept
  return (
    <section aria-label={texts.title} className="flex min-w-0 flex-col gap-3">
      <h2 className="text-lg font-semibold">
        {result === null ? texts.none : <span title={exact(result.at)}>{say(texts.on, { day: day(result.at) })}</span>}
      </h2>
      {result === null ? (
        <p className="text-sm text-fg-2">{owner === null ? texts.noneOwn : texts.noneShared}</p>
      ) : (
        <>
          {result.keptRows < result.rowCount && (
            <p className="text-sm text-fg-2">{say(texts.cut, { kept: result.keptRows, all: result.rowCount })}</p>
          )}
          {result.sql !== sql && <p className="text-sm text-fg-2">{texts.isOld}</p>}
          <KeptAnswer opened={opened} />
        </>
      )}
    </section>
  )
}
