import type { Estimate } from '../../contract/result.ts'
import { problem } from '../problem.ts'
import type { JourneyLimits } from './journey.ts'

/** An estimate as the fact of its step. */
export function describeEstimate({ rows, bytes, partitions, warnings = [] }: Estimate): string {
  const parts = [
    ...(rows === null ? [] : [`${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(bytes === null ? [] : [bytesInWords(bytes)]),
    ...(partitions === undefined || partitions === null
      ? []
      : [`${partitions.assigned.toLocaleString('en-US')} of ${partitions.total.toLocaleString('en-US')} partitions`]),
  ]
  const read =
    parts.length === 0 ? 'The warehouse cannot tell how much it will read' : `Reads at most ${parts.join(', ')}`
  return [read, ...warnings].join('. ')
}

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

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in the unit that suits them, decimal as warehouses count. */
function bytesInWords(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)} ${units[power] ?? ''}`
}
