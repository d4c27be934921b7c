import * as z from 'zod/mini'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { keep, recall, type BrowserStorage } from '../turns/browser-storage.ts'

/** The sidebar's width in pixels. */
export const sidebarWidth = { least: 220, usual: 288, most: 520, step: 16 } as const

const Kept = z.object({
  /** Whether the sidebar is open where there is room beside the page; null follows the room there is. */
  isOpen: z.nullable(z.boolean()),
  width: z.number(),
  tab: z.string(),
})

/** What somebody asked for from outside the page that holds the question box; that page takes it up when it is on the screen. */
export interface QuestionRequest {
  readonly kind: 'ask' | 'edit' | 'insert' | 'focus'
  readonly text: string
}

export interface ShellState extends Readonly<z.infer<typeof Kept>> {
  /** Whether the sidebar lies over the page, as it does where there is no room beside it. */
  readonly isDrawerOpen: boolean
  readonly dialog: 'palette' | 'shortcuts' | null
  /** The connection that questions of the page on the screen go to; null before the first such page. */
  readonly connection: string | null
  readonly request: QuestionRequest | null
  /** What can be done on the page that is on the screen, beside what can be done on every page. */
  readonly commands: readonly Command[]
  /** The answers on the page whose results exist as files too. */
  readonly answers: readonly ExportableAnswer[]
}

/** An answer whose result a person may want as a file. */
export interface ExportableAnswer {
  /** Where it stands; null while it is not drawn. */
  readonly place: () => Element | null
  /** Opens the dialog of its export; null where exports are not allowed. */
  readonly open: (() => void) | null
}

/**
 * Something that can be done by a key, from the palette, or both. Keys are written as `mod+shift+o`, or `g h` for one after another; `mod`
 * is Ctrl, on a Mac the command key. Null for no keys.
 */
export type Command = readonly [label: string, keys: string | null, run: () => void]

/** What frames the page: kept in the browser from one visit to the next, as far as it is a choice. */
export interface Shell {
  readonly store: StoreApi<ShellState>
  /** Changes what is kept. */
  set(change: Partial<Pick<ShellState, 'isOpen' | 'width' | 'tab'>>): void
}

const key = 'floe.shell'

export function makeShell(storage: BrowserStorage): Shell {
  const kept = Kept.safeParse(recall(storage, key)).data ?? { isOpen: null, width: sidebarWidth.usual, tab: 'history' }
  const store = createStore<ShellState>(() => ({
    ...kept,
    isDrawerOpen: false,
    dialog: null,
    connection: null,
    request: null,
    commands: [],
    answers: [],
  }))
  return {
    store,
    set(change) {
      store.setState(change)
      const { isOpen, width, tab } = store.getState()
      keep(storage, key, { isOpen, width, tab })
    },
  }
}
