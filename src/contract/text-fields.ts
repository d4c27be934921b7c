import { z } from 'zod'

/** One line of text that people enter. */
export const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters')

/** A name inside a warehouse, as stored there. */
export const identifier = line(255)

export const webAddress = line(2_000).regex(/^https?:\/\//, 'must start with https://')

/** A secret on its way in; it never comes back out. */
export const secret = (longest: number) =>
  z.string().min(1, 'must not be empty').max(longest, `must have at most ${longest} characters`)
