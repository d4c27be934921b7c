import { useEffect, useLayoutEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { keepRunningMsOf } from '../../contract/preferences.ts'
import { makeFormats } from '../../contract/words/formats.ts'
import { LineContext } from '../turns/line.ts'
import { FormatsContext } from '../ui/formats.ts'
import { ThemeContext, type Theme } from '../ui/theme.ts'
import { chooseLanguage, keepLanguage, language } from '../words/language.ts'
import { usePreference, useWorkspaceState } from './page-context.ts'

/** Everything inside has the colours, and writes numbers and dates, as the person set it, and as the browser does where they did not. */
export function PersonalLook({ children }: { readonly children: ReactNode }) {
  const numberFormat = usePreference((set) => set.numberFormat)
  const dateFormat = usePreference((set) => set.dateFormat)
  const timeZone = usePreference((set) => set.timeZone)
  const formats = useMemo(
    () => makeFormats(navigator.language, { numberFormat, dateFormat, timeZone }),
    [numberFormat, dateFormat, timeZone],
  )
  const theme = useChosenTheme()
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  useChosenLanguage()
  return (
    <FormatsContext value={formats}>
      <ThemeContext value={theme}>{children}</ThemeContext>
    </FormatsContext>
  )
}

/** Loads the page again where the person chose another language than it speaks; drafts and running questions outlive that. */
function useChosenLanguage(): void {
  const chosen = usePreference((set) => set.language)
  useEffect(() => {
    document.documentElement.lang = language
    // A browser that keeps nothing would bring the same page again, for ever.
    if (keepLanguage(chosen) && chooseLanguage([chosen, ...navigator.languages]) !== language) location.reload()
  }, [chosen])
}

const wantsLight = matchMedia('(prefers-color-scheme: light)')
const wantsContrast = matchMedia('(prefers-contrast: more)')

function useChosenTheme(): Theme {
  const chosen = usePreference(({ colorScheme }) => colorScheme)
  const ofSystem = useSyncExternalStore(
    (onChange) => {
      const leave = new AbortController()
      for (const query of [wantsLight, wantsContrast]) query.addEventListener('change', onChange, leave)
      return () => leave.abort()
    },
    () => (wantsContrast.matches ? 'high-contrast' : wantsLight.matches ? 'light' : 'dark'),
  )
  return chosen === null || chosen === 'system' ? ofSystem : chosen
}

/** Everything inside knows whether the server is heard, and what becomes of a running query while it is not. */
export function LineState({ children }: { readonly children: ReactNode }) {
  const link = useWorkspaceState((state) => state.link)
  const awaySinceMs = useWorkspaceState((state) => state.awaySinceMs)
  const keepMs = usePreference(keepRunningMsOf)
  const line = useMemo(() => ({ isAway: link === 'reconnecting', awaySinceMs, keepMs }), [link, awaySinceMs, keepMs])
  return <LineContext value={line}>{children}</LineContext>
}
