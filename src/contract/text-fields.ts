import * as z from 'zod/mini'

// oxlint-disable-next-line no-control-regex -- not every tool that reads the API's description knows classes of Unicode
const oneLine = /^[^\u0000-\u001F\u007F-\u009F]*$/

/** One line of text that people enter. */
export const line = (longest: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(longest, `must have at most ${longest} characters`),
      z.regex(oneLine, 'must be one line without control characters'),
    )

/** How an id is written, as a part of a regular expression: the store takes nothing else for one. */
export const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** A name inside a warehouse, as stored there. */
export const identifier = line(255)

/** A folder of the machine that Floe runs on. */
export const folderPath = line(4_096)

export const webAddress = line(2_000).check(z.regex(/^https?:\/\//, 'must start with https://'))

/** A secret on its way in; it never comes back out. */
export const secret = (longest: number) =>
  z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(longest, `must have at most ${longest} characters`))
