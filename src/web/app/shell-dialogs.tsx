import { useQueries } from '@tanstack/react-query'
import { Command as Palette } from 'cmdk'
import { MessageSquare, Star, Table2, type LucideIcon } from 'lucide-react'
import { useDeferredValue, useEffect, useRef, useState, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { Modal } from '../ui/modal.tsx'
import { pageWords as words } from '../words/pages.ts'
import { shellWords } from '../words/shell.ts'
import { useAppInfo } from './app-info.ts'
import { shownKeys } from './commands.ts'
import { usePageServices, useShellState } from './page-context.ts'
import type { Command, ExportableAnswer } from './shell-state.ts'
import { useUsualConnection } from './use-conversation.ts'

/** Keys that belong to a part of a page and are no commands of their own. */
const keysOfParts: readonly (readonly [keys: string, label: string])[] = [
  ['enter', words.shortcuts.send],
  ['shift+enter', words.shortcuts.newLine],
  ['mod+enter', words.shortcuts.run],
]

/** The dialogs that every page has: the palette and the list of shortcuts. */
export function ShellDialogs({ commands: always }: { readonly commands: readonly Command[] }) {
  const dialog = useShellState(({ dialog }) => dialog)
  const ofPage = useShellState(({ commands }) => commands)
  const { shell } = usePageServices()
  const props = { commands: [...ofPage, ...always], onClose: () => shell.store.setState({ dialog: null }) }
  if (dialog === 'palette') return <CommandPalette {...props} />
  if (dialog === 'shortcuts') return <ShortcutList {...props} />
  return null
}

const frame =
  'mx-auto max-h-[86vh] w-[calc(100%-2rem)] overflow-y-auto rounded-2xl border border-line-strong bg-surface'

interface DialogProps {
  readonly commands: readonly Command[]
  readonly onClose: () => void
}

function CommandPalette({ commands, onClose }: DialogProps) {
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const found = useFound(useDeferredValue(typed.trim()))
  const answer = useAnswerInView()
  // The dialog gives the focus to the first thing that may have it, which is the frame around the box.
  useEffect(() => input.current?.focus(), [])
  const choose = (run: () => void): void => {
    onClose()
    // What the command moves the focus to comes after the dialog has given it back.
    setTimeout(run)
  }
  return (
    <Modal label={shellWords.commands} onClose={onClose} className={`${frame} mt-[12vh] max-w-140 p-0`}>
      <Palette label={shellWords.commands} loop className="flex max-h-[70vh] flex-col">
        <Palette.Input
          ref={input}
          value={typed}
          onValueChange={setTyped}
          placeholder={words.palette.placeholder}
          className="h-13 shrink-0 border-b border-line bg-transparent px-4 text-base text-fg outline-none placeholder:text-fg-3"
        />
        <Palette.List label={words.palette.found} className="min-h-0 overflow-y-auto p-1.5">
          {found.every(({ hits }) => hits.length === 0) && (
            <Palette.Empty className="px-3 py-4 text-sm text-fg-2">{words.palette.nothing}</Palette.Empty>
          )}
          <Group heading={shellWords.commands}>
            {answer !== null && <Download answer={answer} onChoose={choose} />}
            {commands.map(([label, keys, run]) => (
              <Palette.Item key={label} value={label} onSelect={() => choose(run)} className={item}>
                <span className="min-w-0 flex-1 truncate">{label}</span>
                {keys !== null && <Keys keys={keys} />}
              </Palette.Item>
            ))}
          </Group>
          {found.map(({ heading, Icon, hits }) => (
            <Group key={heading} heading={heading} isFound={hits.length > 0}>
              {hits.map(({ id, label, path }) => (
                <Palette.Item
                  key={id}
                  forceMount
                  value={`${heading} ${id}`}
                  onSelect={() => choose(() => void navigate(path))}
                  className={item}
                >
                  <Icon size={15} aria-hidden className="shrink-0 text-fg-3" />
                  <span className="min-w-0 flex-1 truncate">{label}</span>
                </Palette.Item>
              ))}
            </Group>
          ))}
        </Palette.List>
      </Palette>
    </Modal>
  )
}

/** The answer that most is seen of at the moment the palette is opened; null where none is seen. */
function useAnswerInView(): ExportableAnswer | null {
  const { shell } = usePageServices()
  const [answer] = useState(() => {
    const seen = shell.store.getState().answers.map((each) => ({ each, heightPx: seenHeightPx(each.place()) }))
    const most = seen.toSorted((one, other) => other.heightPx - one.heightPx).at(0)
    return most === undefined || most.heightPx <= 0 ? null : most.each
  })
  return answer
}

/** How much of an element is not scrolled out of its thread. */
function seenHeightPx(element: Element | null): number {
  const thread = element?.closest('[data-thread]')?.getBoundingClientRect()
  const own = element?.getBoundingClientRect()
  if (own === undefined || thread === undefined) return 0
  return Math.min(own.bottom, thread.bottom) - Math.max(own.top, thread.top)
}

interface DownloadProps {
  readonly answer: ExportableAnswer
  readonly onChoose: (run: () => void) => void
}

/** Opens the export of an answer, or says why it may not be exported. */
const Download = ({ answer: { open }, onChoose }: DownloadProps) => (
  <Palette.Item
    value={words.palette.download}
    keywords={[words.palette.downloadToo]}
    disabled={open === null}
    onSelect={() => open !== null && onChoose(open)}
    className={`${item} flex-wrap gap-y-0 py-1.5 aria-disabled:cursor-default aria-disabled:text-fg-off`}
  >
    <span className="min-w-0 flex-1 truncate">{words.palette.download}</span>
    {open === null && <span className="basis-full text-xs text-fg-2">{words.palette.noExports}</span>}
  </Palette.Item>
)

interface Hit {
  readonly id: string
  readonly label: string
  readonly path: string
}

interface FoundGroup {
  readonly heading: string
  readonly Icon: LucideIcon
  readonly hits: readonly Hit[]
}

const hitsOfAKind = 8

/** What the server finds by the words; without words the conversations used last. */
function useFound(typed: string): readonly FoundGroup[] {
  const { api } = usePageServices()
  const usual = useUsualConnection(useAppInfo().data)
  const connection = useShellState((state) => state.connection) ?? usual
  const enabled = typed !== ''
  const [recent, questions, tables, favorites] = useQueries({
    queries: [
      {
        queryKey: ['conversations', 'recent'],
        queryFn: ({ signal }) => api.conversations.list({ limit: 20 }, { signal }),
        enabled: !enabled,
      },
      {
        queryKey: ['palette', 'questions', typed],
        queryFn: ({ signal }) => api.history.search({ q: typed, limit: hitsOfAKind }, { signal }),
        enabled,
      },
      {
        queryKey: ['palette', 'tables', connection, typed],
        queryFn: ({ signal }) =>
          api.catalog.search({ connection, q: typed, kinds: 'table,view', limit: hitsOfAKind }, { signal }),
        enabled,
      },
      {
        queryKey: ['palette', 'favorites', typed],
        queryFn: ({ signal }) => api.favorites.list({ q: typed, limit: hitsOfAKind }, { signal }),
        enabled,
      },
    ],
  })
  const conversations = enabled ? [] : (recent.data ?? [])
  return [
    {
      heading: words.palette.conversations,
      Icon: MessageSquare,
      hits: conversations.map(({ id, title }) => ({ id, label: title, path: `/c/${id}` })),
    },
    {
      heading: words.palette.questions,
      Icon: MessageSquare,
      hits: (questions.data?.entries ?? []).map(({ id, conversationId, question, sql }) => ({
        id,
        label: question ?? sql ?? words.palette.sqlQuery,
        path: `/c/${conversationId}#${id}`,
      })),
    },
    {
      heading: words.palette.tables,
      Icon: Table2,
      hits: (tables.data?.hits ?? []).map(({ id, fullName }) => ({
        id,
        label: fullName,
        path: `/data/${encodeURIComponent(connection)}?${new URLSearchParams({ table: id }).toString()}`,
      })),
    },
    {
      heading: shellWords.pages.favorites,
      Icon: Star,
      hits: (favorites.data?.favorites ?? []).map(({ id, title }) => ({ id, label: title, path: `/favorites/${id}` })),
    },
  ]
}

const item =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-3 text-sm text-fg aria-selected:bg-active pointer-coarse:min-h-10'

interface GroupProps {
  readonly heading: string
  /** Whether the server found what is in it, which then is not filtered again. */
  readonly isFound?: boolean
  readonly children: ReactNode
}

const Group = ({ heading, isFound = false, children }: GroupProps) => (
  <Palette.Group
    heading={heading}
    forceMount={isFound}
    className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-fg-3"
  >
    {children}
  </Palette.Group>
)

function ShortcutList({ commands, onClose }: DialogProps) {
  const rows = [...commands.flatMap(([label, keys]) => (keys === null ? [] : [[keys, label] as const])), ...keysOfParts]
  return (
    <Modal label={words.shortcuts.title} onClose={onClose} className={`${frame} m-auto max-w-120 p-5`}>
      <div className="flex items-center justify-between pb-3">
        <h2 className="text-lg font-semibold">{words.shortcuts.title}</h2>
        <button
          type="button"
          onClick={onClose}
          className="h-8 rounded-lg px-2.5 text-sm text-fg-2 hover:bg-hover hover:text-fg"
        >
          {words.shortcuts.close}
        </button>
      </div>
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-2 text-sm">
        {rows.map(([keys, label]) => (
          <div key={keys} className="contents">
            <dt className="text-fg-2">{label}</dt>
            <dd className="justify-self-end">
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

const Keys = ({ keys }: { readonly keys: string }) => (
  <span className="flex shrink-0 gap-1">
    {shownKeys(keys).map((key) => (
      <kbd key={key} className="rounded-sm border border-line bg-app px-1.5 font-mono text-xs text-fg-2">
        {key}
      </kbd>
    ))}
  </span>
)
