import * as z from 'zod/mini'

/** One line of text that people enter. */
export const line = (longest: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(longest, `must have at most ${longest} characters`),
      z.regex(/^\P{Cc}*$/u, 'must be one line without control characters'),
    )

/** A name inside a warehouse, as stored there. */
export const identifier = line(255)

/** A folder of the machine that Floe runs on. */
export const folderPath = line(4_096)

export const webAddress = line(2_000).check(z.regex(/^https?:\/\//, 'must start with https://'))

/** A secret on its way in; it never comes back out. */
export const secret = (longest: number) =>
  z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(longest, `must have at most ${longest} characters`))
