import { createContext, useContext } from 'react'
import { makeFormats, plainLocale, type Formats } from '../../contract/words/formats.ts'

/** How this page writes numbers and dates: the same for sentence, table, axis and tooltip. Given at the root. */
export const FormatsContext = createContext<Formats>(makeFormats(plainLocale))

export const useFormats = (): Formats => useContext(FormatsContext)
