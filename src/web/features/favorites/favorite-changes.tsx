import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Favorite } from '../../../contract/favorites.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { FaultBox, SelectField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { ResultChangesView } from '../../ui/result-changes.tsx'
import { favoritePageWords } from '../../words/favorite-page.ts'
import { say } from '../../words/language.ts'
import { favoritesKey, useChange } from './favorites-data.ts'

const texts = favoritePageWords.changes

export interface FavoriteChangesProps {
  readonly api: ApiClient
  readonly favorite: Favorite
  /** The run that is compared with what is kept. */
  readonly turnId: string
}

/** What a run brought that the kept result did not, and the way to keep it instead. */
export function FavoriteChanges({ api, favorite, turnId }: FavoriteChangesProps) {
  const { id: favoriteId, owner, result } = favorite
  const key = [...favoritesKey, 'changes', favoriteId, turnId]
  const changes = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.favorites.compare({ favoriteId, turnId }, { signal }),
    enabled: result !== null,
    retry: false,
  })
  return (
    <Panel title={texts.title}>
      {result === null && <p className="text-sm text-fg-2">{texts.nothingKept}</p>}
      {result !== null && changes.data === undefined && changes.error === null && <ListSkeleton />}
      {changes.error !== null && <FaultBox problem={problemOf(changes.error)} />}
      {changes.data !== undefined && (
        <ResultChangesView
          initial={changes.data}
          queryKey={key}
          fetch={(order, options) => api.favorites.compare({ favoriteId, turnId, ...order }, options)}
          fileName={favorite.title}
        />
      )}
      {owner === null && <KeepButton api={api} favoriteId={favoriteId} turnId={turnId} />}
    </Panel>
  )
}

interface KeepButtonProps extends Pick<FavoriteChangesProps, 'api' | 'turnId'> {
  readonly favoriteId: string
}

function KeepButton({ api, favoriteId, turnId }: KeepButtonProps) {
  const change = useChange()
  const keep = (): void =>
    change.mutate({ work: () => api.favorites.keep({ favoriteId, turnId }), said: texts.nowKept })
  return (
    <div>
      <Button disabled={change.isPending} onClick={keep}>
        {texts.keep}
      </Button>
    </div>
  )
}

/** Two runs of the favorite to be shown side by side; those that brought no rows, or whose rows were removed, cannot be. */
export function CompareRuns({ runs }: Pick<Favorite, 'runs'>) {
  const usable = runs.filter(({ rowCount }) => rowCount !== null)
  if (runs.length === 0) return null
  const [latest, earlier] = usable
  if (latest === undefined || earlier === undefined) return <Panel title={texts.twoRuns} about={texts.tooFewRuns} />
  return (
    <Panel title={texts.twoRuns} about={texts.twoRunsAbout}>
      <RunChoice key={latest.turnId} runs={usable} usual={{ before: earlier.turnId, after: latest.turnId }} />
    </Panel>
  )
}

interface RunChoiceProps extends Pick<Favorite, 'runs'> {
  readonly usual: { readonly before: string; readonly after: string }
}

function RunChoice({ runs, usual }: RunChoiceProps) {
  const { exact } = useMoments()
  const [chosen, setChosen] = useState(usual)
  const options = runs.map(({ turnId, at, values, rowCount }) => {
    const given = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`)
    return [turnId, [exact(at), ...given, say(texts.runRows, { count: rowCount ?? 0 })].join(' · ')] as const
  })
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        {(['before', 'after'] as const).map((side) => (
          <SelectField
            key={side}
            label={texts[side]}
            options={options}
            value={chosen[side]}
            onChange={(event) => setChosen({ ...chosen, [side]: event.target.value })}
          />
        ))}
      </div>
      {chosen.before === chosen.after ? (
        <p className="text-sm text-fg-2">{texts.sameRun}</p>
      ) : (
        <Link
          to={`/compare?${new URLSearchParams(chosen).toString()}`}
          className="inline-flex h-9 items-center self-start rounded-lg border border-line bg-raised px-3.5 text-sm font-medium text-fg hover:bg-hover pointer-coarse:min-h-10"
        >
          {texts.compareRuns}
        </Link>
      )}
    </>
  )
}
