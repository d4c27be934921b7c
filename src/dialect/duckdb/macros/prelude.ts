import { dialectSchema } from '../dialect-schema.ts'
import { arrayMacros } from './array-macros.ts'
import { dateMacros } from './date-macros.ts'
import { jsonMacros } from './json-macros.ts'
import { numberMacros } from './number-macros.ts'
import { textMacros } from './text-macros.ts'

/**
 * Run when an instance is made, in the in-memory main database and before it is locked down: the macros that the sample's dialect
 * calls. Queries name them in full (`memory.main.sf_…`, as do the macros among themselves), because after `USE other.schema` a bare
 * name is looked up in that schema only; no search path is needed, and none can put another macro in their place.
 * The session's `TimeZone` must be `UTC`: it is the time zone of the sample.
 */
export const preludeStatements: readonly string[] = [
  ...numberMacros,
  ...jsonMacros,
  ...textMacros,
  ...dateMacros,
  ...arrayMacros,
].map((macro) => `CREATE MACRO ${dialectSchema}.${macro}`)
