import { useEffect, useMemo, useRef } from 'react'
import { useNavigate } from 'react-router'
import { shellWords } from '../words/shell.ts'
import { useMe } from './use-session.ts'
import { usePageServices, useShellState } from './page-context.ts'
import { sidePagesOf } from './account-menu.tsx'
import { sidebarPanels } from './sidebar.tsx'
import type { Command } from './shell-state.ts'

/** How long the second of two keys may take, in milliseconds. */
const pairMs = 1_200

/** The pages that have a key. */
const keysOfPages: Readonly<Record<string, string>> = { '/settings': 'g s', '/account': 'g a' }

/** What can be done on every page. `show` opens a panel of the sidebar. */
export function useShellCommands(toggleSidebar: () => void, show: (tab: string) => void): readonly Command[] {
  const { shell } = usePageServices()
  const { data: me } = useMe()
  const navigate = useNavigate()
  return useMemo(
    () => [
      [shellWords.newQuestion, 'mod+shift+o', () => void navigate('/')],
      [shellWords.commands, 'mod+k', () => shell.store.setState({ dialog: 'palette' })],
      [shellWords.commandNames.toggleSidebar, 'mod+b', toggleSidebar],
      [shellWords.commandNames.shortcuts, '?', () => shell.store.setState({ dialog: 'shortcuts' })],
      ...sidebarPanels.map(({ id, label, keys }): Command => [label, keys, () => show(id)]),
      ...(me === undefined ? [] : sidePagesOf(me)).map(([path, title]): Command => [
        title,
        keysOfPages[path] ?? null,
        () => void navigate(path),
      ]),
    ],
    [shell, me, navigate, toggleSidebar, show],
  )
}

/** Offers commands in the palette, and their keys, for as long as the page that knows them is on the screen. */
export function usePageCommands(commands: readonly Command[]): void {
  const { shell } = usePageServices()
  useEffect(() => {
    shell.store.setState({ commands })
    return () => shell.store.setState((state) => (state.commands === commands ? { commands: [] } : {}))
  }, [shell, commands])
}

/** Listens to the keys of all commands. A key without Ctrl or Alt counts only where nothing is being written. */
export function useCommandKeys(always: readonly Command[]): void {
  const ofPage = useShellState(({ commands }) => commands)
  const commands = useMemo(() => [...ofPage, ...always], [ofPage, always])
  const isDialogOpen = useShellState(({ dialog }) => dialog !== null)
  const first = useRef({ key: '', at: 0 })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isDialogOpen) return
      if (document.querySelector('dialog:modal') !== null) return
      const key = nameOfKey(event)
      const isPlain = !key.includes('mod+') && !key.includes('alt+')
      if (isPlain && key !== 'escape' && isWriting(event)) return
      const { key: before, at } = first.current
      const pair = event.timeStamp - at < pairMs ? `${before} ${key}` : ''
      const command = commands.find(([, keys]) => keys === pair) ?? commands.find(([, keys]) => keys === key)
      first.current = { key, at: event.timeStamp }
      if (command === undefined) return
      event.preventDefault()
      command[2]()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [commands, isDialogOpen])
}

/** A key with the ones held beside it, as `Command.keys` writes it. */
export function nameOfKey(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const name = event.key.toLowerCase()
  // The shift that a sign such as `?` takes is part of the sign.
  const isShifted = event.shiftKey && (name.length > 1 || /[a-z]/.test(name))
  return [
    ...(event.ctrlKey || event.metaKey ? ['mod'] : []),
    ...(event.altKey ? ['alt'] : []),
    ...(isShifted ? ['shift'] : []),
    name,
  ].join('+')
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)
const shownNames: Readonly<Record<string, string>> = {
  mod: isMac ? '⌘' : shellWords.keys.ctrl,
  alt: isMac ? '⌥' : 'Alt',
  shift: isMac ? '⇧' : shellWords.keys.shift,
  arrowup: '↑',
  escape: 'Esc',
  enter: shellWords.keys.enter,
}

/** Keys as they stand on a keyboard, each by itself. */
export const shownKeys = (keys: string): readonly string[] =>
  keys.split(/[ +]/).map((key) => shownNames[key] ?? (key.length === 1 ? key.toUpperCase() : key))

/** Whether a key belongs to a text that is being written, the editor's in its shadow root included. */
function isWriting(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
