import { type ReadCell, readText, type RowCursor } from './row-cursor.ts'

const space = 0x20
const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const colon = 0x3a

const secondsPerDay = 86_400
const nanoDigits = 9

/** A number of seconds read from a cell: whole seconds, rounded down, and nanoseconds above them. */
interface Moment {
  seconds: number
  nanos: number
  /** Where the reading stopped; `cut` when the text ended first, `notTime` when it is no such number. */
  end: number
}

const cut = -1
const notTime = -2

/** Reads `-12.345` with up to nine digits of a fraction into `moment`. */
function readMoment(moment: Moment, input: Uint8Array, start: number): void {
  const { length } = input
  const isNegative = input[start] === minus
  let at = isNegative ? start + 1 : start
  const first = at
  let seconds = 0
  let nanos = 0
  for (; at < length; at += 1) {
    const byte = input[at] ?? 0
    if (byte < zero || byte > nine) break
    seconds = seconds * 10 + (byte - zero)
  }
  moment.end = at === first ? notTime : at
  if (at < length && input[at] === point) {
    at += 1
    let missing = nanoDigits
    for (; at < length; at += 1) {
      const byte = input[at] ?? 0
      if (byte < zero || byte > nine) break
      nanos = nanos * 10 + (byte - zero)
      missing -= 1
    }
    if (moment.end !== notTime) moment.end = missing < 0 ? notTime : at
    for (; missing > 0; missing -= 1) nanos *= 10
  }
  if (at >= length) moment.end = cut
  const borrows = isNegative && nanos > 0
  moment.seconds = isNegative ? -seconds - (borrows ? 1 : 0) : seconds
  moment.nanos = borrows ? 1e9 - nanos : nanos
}

/** Days of ten bytes each: results have few distinct days and many rows. */
const rememberedDays = 4_096
const dayBytes = 10

/** A cache of formatted days, for the columns of one result. */
export interface DayShelf {
  readonly days: Int32Array
  readonly texts: Uint8Array
}

export const makeDayShelf = (): DayShelf => ({
  // No date has this number, so an empty slot matches none.
  days: new Int32Array(rememberedDays).fill(-0x8000_0000),
  texts: new Uint8Array(rememberedDays * dayBytes),
})

/** Days since 1970 to `YYYY-MM-DD`, by Howard Hinnant's civil_from_days. */
function dayText(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  return `${year < 0 ? '-' : ''}${padded(Math.abs(year), 4)}-${padded(month, 2)}-${padded(day, 2)}`
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0')

function writeDay({ days: keys, texts }: DayShelf, cursor: RowCursor, days: number): void {
  const { out } = cursor
  const slot = days & (rememberedDays - 1)
  const from = slot * dayBytes
  if (keys[slot] !== days) {
    const text = dayText(days)
    if (text.length !== dayBytes) return writeAscii(cursor, text)
    for (let index = 0; index < dayBytes; index += 1) texts[from + index] = text.charCodeAt(index)
    keys[slot] = days
  }
  let { o } = cursor
  for (let index = from; index < from + dayBytes; index += 1) out[o++] = texts[index] ?? 0
  cursor.o = o
}

function writeAscii(cursor: RowCursor, text: string): void {
  for (let index = 0; index < text.length; index += 1) cursor.out[cursor.o++] = text.charCodeAt(index)
}

function writePair(out: Uint8Array, o: number, value: number): void {
  const tens = (value / 10) | 0
  out[o] = zero + tens
  out[o + 1] = zero + value - tens * 10
}

/** `HH:MM:SS` and the fraction without trailing zeros. */
function writeClock(cursor: RowCursor, secondOfDay: number, nanos: number): void {
  const { out, o } = cursor
  const minutes = (secondOfDay / 60) | 0
  const hours = (minutes / 60) | 0
  writePair(out, o, hours)
  out[o + 2] = colon
  writePair(out, o + 3, minutes - hours * 60)
  out[o + 5] = colon
  writePair(out, o + 6, secondOfDay - minutes * 60)
  cursor.o = o + 8
  if (nanos > 0) writeFraction(cursor, nanos)
}

function writeFraction(cursor: RowCursor, nanos: number): void {
  const { out } = cursor
  let rest = nanos
  let digits = nanoDigits
  for (let next = (rest / 10) | 0; next * 10 === rest; next = (rest / 10) | 0) {
    rest = next
    digits -= 1
  }
  out[cursor.o] = point
  for (let index = cursor.o + digits; index > cursor.o; index -= 1) {
    const next = (rest / 10) | 0
    out[index] = zero + rest - next * 10
    rest = next
  }
  cursor.o += digits + 1
}

/** What the dates and times of a column have needed so far. */
export interface SeenMoments {
  /** Whole days of a date, else whole seconds. */
  first: number
  last: number
  /** Whether one has parts of a microsecond. */
  isFine: boolean
  /** Whether one is in another zone than UTC. */
  isZoned: boolean
  /** Whether one is no number of days or seconds, and kept as it was. */
  isOdd: boolean
}

/** Readers for cells that hold days and seconds; each column has its own. */
export interface TimeReaders {
  /** Days since 1970. */
  readonly date: ReadCell
  /** Seconds since midnight. */
  readonly time: ReadCell
  /** Seconds since 1970 in no time zone. */
  readonly timestamp: ReadCell
  /** Seconds since 1970, shown in UTC, which is the zone of every session. */
  readonly instant: ReadCell
  /** Seconds since 1970, a blank, and the zone's offset in minutes plus 1440: shown in that zone. */
  readonly zoned: ReadCell
}

/** Snowflake adds a day in minutes to an offset, so that it is never negative. */
const offsetBase = 1_440

/** Readers that note in `seen` what they meet. */
export function makeTimeReaders(shelf: DayShelf, seen: SeenMoments): TimeReaders {
  const moment: Moment = { seconds: 0, nanos: 0, end: 0 }
  const zone: Moment = { seconds: 0, nanos: 0, end: 0 }

  const see = (): void => {
    const { seconds, nanos } = moment
    if (seconds < seen.first) seen.first = seconds
    if (seconds > seen.last) seen.last = seconds
    if (nanos % 1_000 !== 0) seen.isFine = true
  }
  const keepText: ReadCell = (cursor) => {
    seen.isOdd = true
    return readText(cursor)
  }
  const writeMoment = (cursor: RowCursor, seconds: number): void => {
    const days = Math.floor(seconds / secondsPerDay)
    writeDay(shelf, cursor, days)
    cursor.out[cursor.o++] = space
    writeClock(cursor, seconds - days * secondsPerDay, moment.nanos)
  }
  /** A cell of one number between quotes. */
  const reader =
    (write: (cursor: RowCursor) => void): ReadCell =>
    (cursor) => {
      readMoment(moment, cursor.input, cursor.at)
      const { end } = moment
      if (end === cut) return false
      if (end === notTime || cursor.input[end] !== quote) return keepText(cursor)
      see()
      cursor.out[cursor.o++] = quote
      write(cursor)
      cursor.out[cursor.o++] = quote
      cursor.at = end + 1
      return true
    }
  const writeZoned = (cursor: RowCursor): void => {
    const offset = zone.seconds - offsetBase
    cursor.out[cursor.o++] = quote
    writeMoment(cursor, moment.seconds + offset * 60)
    cursor.out[cursor.o++] = offset < 0 ? minus : plus
    const minutes = Math.abs(offset)
    writePair(cursor.out, cursor.o, (minutes / 60) | 0)
    cursor.out[cursor.o + 2] = colon
    writePair(cursor.out, cursor.o + 3, minutes % 60)
    cursor.o += 5
    cursor.out[cursor.o++] = quote
  }

  return {
    date: reader((cursor) => writeDay(shelf, cursor, moment.seconds)),
    time: reader((cursor) => writeClock(cursor, moment.seconds, moment.nanos)),
    timestamp: reader((cursor) => writeMoment(cursor, moment.seconds)),
    instant: reader((cursor) => {
      writeMoment(cursor, moment.seconds)
      writeAscii(cursor, '+00:00')
    }),
    zoned(cursor) {
      readMoment(moment, cursor.input, cursor.at)
      if (moment.end === cut) return false
      if (moment.end === notTime || cursor.input[moment.end] !== space) return keepText(cursor)
      readMoment(zone, cursor.input, moment.end + 1)
      if (zone.end === cut) return false
      if (zone.end === notTime || cursor.input[zone.end] !== quote) return keepText(cursor)
      see()
      if (zone.seconds !== offsetBase) seen.isZoned = true
      writeZoned(cursor)
      cursor.at = zone.end + 1
      return true
    },
  }
}
