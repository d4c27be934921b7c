import { createContext, useContext } from 'react'
import type { ColorScheme } from '../../contract/preferences.ts'

/** The colours that the page has now. */
export type Theme = Exclude<ColorScheme, 'system'>

/** Given at the root. Styles know the theme by themselves; this is for what is drawn by other means. */
export const ThemeContext = createContext<Theme>('dark')

export function useTheme(): Theme {
  return useContext(ThemeContext)
}
