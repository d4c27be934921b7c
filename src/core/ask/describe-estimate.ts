import type { Estimate } from '../../contract/result.ts'
import { bytesInWords } from '../../contract/words/amounts.ts'
import { problem } from '../problem.ts'
import type { JourneyLimits } from './journey.ts'

/** Why a query waits for a person although it would run by itself; null when it does not. */
export function holdBack({ bytes }: Estimate, { askAboveBytes }: Pick<JourneyLimits, 'askAboveBytes'>): string | null {
  if (bytes === null || bytes <= askAboveBytes) return null
  return `It may read ${bytesInWords(bytes)}, and more than ${bytesInWords(askAboveBytes)} is read only when somebody says so.`
}

/** Throws `query_too_large` for a query that may read more than is ever allowed. */
export function refuseTooLarge(
  { bytes }: Estimate,
  { refuseAboveBytes }: Pick<JourneyLimits, 'refuseAboveBytes'>,
): void {
  if (bytes === null || bytes <= refuseAboveBytes) return
  throw problem(
    'query_too_large',
    `The query may read ${bytesInWords(bytes)}; no query may read more than ${bytesInWords(refuseAboveBytes)} here.`,
    'Ask for less: a shorter period, or fewer tables. Whoever runs Floe may raise the limit.',
  )
}
