import { languageLocale } from '../words/language.ts'
import { useFormats } from './formats.ts'

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long before `now` something was, such as "5 minutes ago"; `null` from a week on, when the day says more. */
export function agoInWords(at: string, now: number, locale: string): string | null {
  const seconds = Math.round((now - Date.parse(at)) / 1_000)
  if (seconds >= 7 * 86_400) return null
  const [unit, length] = steps.find(([, length]) => seconds >= length) ?? ['second', 1]
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return unit === 'second' ? words.format(0, 'second') : words.format(-Math.floor(seconds / length), unit)
}

/** How this page writes moments of people's work, in the person's time zone or else the browser's. */
export function useMoments() {
  const formats = useFormats()
  const day = (at: string): string => formats.workMoment(at, 'day')
  return {
    ago: (at: string): string => agoInWords(at, Date.now(), languageLocale) ?? day(at),
    day,
    exact: (at: string): string => formats.workMoment(at, 'minute'),
  }
}
