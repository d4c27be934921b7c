import { useMemo, type ReactNode } from 'react'
import { makeFormats } from '../../contract/words/formats.ts'
import { FormatsContext } from '../ui/formats.ts'
import { usePreference } from './page-context.ts'

/** Everything inside writes numbers and dates as the person set it, and as the browser does where they did not. */
export function PersonalFormats({ children }: { readonly children: ReactNode }) {
  const numberFormat = usePreference((set) => set.numberFormat)
  const dateFormat = usePreference((set) => set.dateFormat)
  const timeZone = usePreference((set) => set.timeZone)
  const formats = useMemo(
    () => makeFormats(navigator.language, { numberFormat, dateFormat, timeZone }),
    [numberFormat, dateFormat, timeZone],
  )
  return <FormatsContext value={formats}>{children}</FormatsContext>
}
