import { useQuery } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import type { Favorite, FavoriteChange } from '../../../contract/favorites.ts'
import type { Group } from '../../../contract/groups.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Fault, SelectField, TextField } from '../../ui/form.tsx'
import { Panel } from '../../ui/panel.tsx'
import { favoritePageWords } from '../../words/favorite-page.ts'
import { say } from '../../words/language.ts'
import { useChange } from './favorites-data.ts'

const { vouch: vouchWords, sharing: sharingWords, about: aboutWords } = favoritePageWords

export interface FavoriteSharingProps {
  readonly api: ApiClient
  readonly favorite: Favorite
  /** Whether there are other people. */
  readonly mayShare: boolean
}

/** Lets a group read a favorite, and lets a person vouch for it. */
export const FavoriteSharing = (props: FavoriteSharingProps) => (
  <>
    <Verified {...props} />
    {props.mayShare && <Groups {...props} />}
  </>
)

const Verified = ({ api, favorite }: FavoriteSharingProps) => (
  <Panel title={vouchWords.title} about={vouchWords.about}>
    <VerifyForm api={api} favorite={favorite} />
  </Panel>
)

function VerifyForm({ api, favorite }: Pick<FavoriteSharingProps, 'api' | 'favorite'>) {
  const { id: favoriteId, verified } = favorite
  const [question, setQuestion] = useState(verified?.question ?? favorite.question ?? favorite.title)
  const change = useChange()
  const vouch = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate({ work: () => api.favorites.verify({ favoriteId, question }), said: vouchWords.done })
  }
  return (
    <form aria-label={vouchWords.title} onSubmit={vouch} className="flex flex-col gap-3">
      <TextField label={vouchWords.question} value={question} onChange={(event) => setQuestion(event.target.value)} />
      {verified !== null && verified.sql !== favorite.sql && <p className="text-sm text-fg-2">{vouchWords.isOld}</p>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={change.isPending || question.trim() === ''}>
          {verified === null ? vouchWords.first : vouchWords.again}
        </Button>
        {verified !== null && (
          <Withdraw api={api} favoriteId={favoriteId} question={verified.question} change={change} />
        )}
      </div>
    </form>
  )
}

interface WithdrawProps {
  readonly api: ApiClient
  readonly favoriteId: string
  /** What the query answers so far. */
  readonly question: string
  readonly change: ReturnType<typeof useChange>
}

function Withdraw({ api, favoriteId, question, change }: WithdrawProps) {
  const withdraw = (): void =>
    change.mutate({
      work: () => api.favorites.unverify({ favoriteId }),
      said: vouchWords.withdrawn,
      undo: () => api.favorites.verify({ favoriteId, question }),
    })
  return (
    <Button disabled={change.isPending} onClick={withdraw}>
      {vouchWords.withdraw}
    </Button>
  )
}

function Groups({ api, favorite }: FavoriteSharingProps) {
  const { id: favoriteId, shares } = favorite
  const groups = useQuery({
    queryKey: ['me', 'groups'],
    queryFn: ({ signal }) => api.groups.mine(undefined, { signal }),
  })
  const free = (groups.data ?? []).filter(({ id }) => !shares.some((share) => share.groupId === id))
  return (
    <Panel title={sharingWords.title} about={sharingWords.about}>
      <GroupShares api={api} favorite={favorite} />
      <Fault error={groups.error} />
      {free.length === 0 ? (
        <p className="text-sm text-fg-2">
          {groups.data?.length === 0 ? sharingWords.noGroup : sharingWords.noOtherGroup}
        </p>
      ) : (
        <ShareWithGroup api={api} favoriteId={favoriteId} groups={free} />
      )}
    </Panel>
  )
}

/** The groups that may read it, and the way to take it from them. */
function GroupShares({ api, favorite: { id: favoriteId, shares } }: Pick<FavoriteSharingProps, 'api' | 'favorite'>) {
  const change = useChange()
  const stop = ({ groupId, groupName, withRows }: Favorite['shares'][number]): void =>
    change.mutate({
      work: () => api.favorites.unshare({ favoriteId, groupId }),
      said: say(sharingWords.stopped, { group: groupName }),
      undo: () => api.favorites.share({ favoriteId, groupId, withRows }),
    })
  if (shares.length === 0) return null
  return (
    <ul className="flex flex-col divide-y divide-line">
      {shares.map((share) => (
        <li key={share.groupId} className="flex flex-wrap items-center gap-3 py-2 text-sm">
          <span className="min-w-0 flex-1 break-words">
            {say(share.withRows ? sharingWords.withRows : sharingWords.withoutRows, { group: share.groupName })}
          </span>
          <Button
            size="sm"
            aria-label={say(sharingWords.stopWith, { group: share.groupName })}
            onClick={() => stop(share)}
          >
            {sharingWords.stop}
          </Button>
        </li>
      ))}
    </ul>
  )
}

interface ShareWithGroupProps {
  readonly api: ApiClient
  readonly favoriteId: string
  /** Those that it is not shared with yet; at least one. */
  readonly groups: readonly Pick<Group, 'id' | 'name'>[]
}

function ShareWithGroup({ api, favoriteId, groups }: ShareWithGroupProps) {
  const [groupId, setGroupId] = useState('')
  const [withRows, setWithRows] = useState(false)
  const change = useChange()
  const chosen = groups.find(({ id }) => id === groupId) ?? groups[0]
  const share = (event: FormEvent): void => {
    event.preventDefault()
    if (chosen === undefined) return
    const work = () => api.favorites.share({ favoriteId, groupId: chosen.id, withRows })
    change.mutate({ work, said: say(sharingWords.shared, { group: chosen.name }) })
  }
  return (
    <form aria-label={sharingWords.title} onSubmit={share} className="flex flex-col gap-3">
      <SelectField
        label={sharingWords.group}
        value={chosen?.id ?? ''}
        options={groups.map(({ id, name }) => [id, name] as const)}
        onChange={(event) => setGroupId(event.target.value)}
      />
      <RowsChoice isOn={withRows} onChange={setWithRows} />
      <div>
        <Button type="submit" disabled={change.isPending}>
          {sharingWords.share}
        </Button>
      </div>
    </form>
  )
}

interface RowsChoiceProps {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

const RowsChoice = ({ isOn, onChange }: RowsChoiceProps) => (
  <label className="flex items-center gap-2.5 text-sm">
    <input
      type="checkbox"
      checked={isOn}
      onChange={(event) => onChange(event.target.checked)}
      className="size-4 accent-accent"
    />
    {sharingWords.includeRows}
  </label>
)

export interface AboutFieldsProps {
  readonly api: ApiClient
  readonly favorite: Favorite
}

/** Title, tags and note. Each is saved when it is left, with a way back. */
export function AboutFields({ api, favorite }: AboutFieldsProps) {
  const { id: favoriteId } = favorite
  const [title, setTitle] = useState(favorite.title)
  const change = useChange()
  const save = (set: FavoriteChange, before: FavoriteChange): void =>
    change.mutate({
      work: () => api.favorites.change({ favoriteId, ...set }),
      said: aboutWords.saved,
      undo: () => api.favorites.change({ favoriteId, ...before }),
    })
  return (
    <Panel title={aboutWords.title}>
      <TextField
        label={aboutWords.name}
        value={title}
        maxLength={300}
        fault={title.trim() === '' ? aboutWords.nameNeeded : null}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={() => {
          const text = title.trim()
          if (text !== '' && text !== favorite.title) save({ title: text }, { title: favorite.title })
        }}
      />
      <TagsField tags={favorite.tags} onSave={(tags) => save({ tags }, { tags: favorite.tags })} />
      <NoteField note={favorite.note} onSave={(note) => save({ note }, { note: favorite.note })} />
    </Panel>
  )
}

interface TagsFieldProps {
  readonly tags: readonly string[]
  readonly onSave: (tags: string[]) => void
}

function TagsField({ tags, onSave }: TagsFieldProps) {
  const [text, setText] = useState(tags.join(', '))
  const save = (): void => {
    const written = [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '')
    setText(written.join(', '))
    if (written.join() !== tags.join()) onSave(written)
  }
  return (
    <TextField
      label={aboutWords.tags}
      hint={aboutWords.tagsHint}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={save}
    />
  )
}

interface NoteFieldProps {
  readonly note: string
  readonly onSave: (note: string) => void
}

function NoteField({ note, onSave }: NoteFieldProps) {
  const id = useId()
  const [text, setText] = useState(note)
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {aboutWords.note}
      </label>
      <textarea
        id={id}
        rows={2}
        value={text}
        maxLength={10_000}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== note && onSave(text)}
        className="field-sizing-content min-h-16 w-full rounded-lg border border-line-strong bg-input px-3 py-2 text-sm text-fg"
      />
    </div>
  )
}
