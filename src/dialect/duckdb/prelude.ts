import { arrayMacros } from './functions/array.ts'
import { numberFormatMacros } from './functions/conversion.ts'
import { dateSliceMacros } from './functions/date-slices.ts'
import { dateFunctionMacros } from './functions/date.ts'
import { jsonFunctionMacros } from './functions/json.ts'
import { numberAggregateMacros } from './functions/number-aggregates.ts'
import { numberFunctionMacros } from './functions/number.ts'
import { regularExpressionMacros } from './functions/regular-expressions.ts'
import { tableMacros } from './functions/table-functions.ts'
import { textFunctionMacros } from './functions/text.ts'
import { valueAggregateMacros } from './functions/value-aggregates.ts'
import { dateMacros } from './macros/date-values.ts'
import { jsonMacros } from './macros/json-values.ts'
import { dialectSchema, type Macros } from './macros/macro-text.ts'
import { numberMacros, textMacros } from './macros/scalar-values.ts'

/** Every macro that gives a value. A macro stands behind those that it calls. */
export const scalarMacros: Macros = {
  ...numberMacros,
  ...jsonMacros,
  ...textMacros,
  ...dateMacros,
  ...textFunctionMacros,
  ...numberFunctionMacros,
  ...numberFormatMacros,
  ...numberAggregateMacros,
  ...regularExpressionMacros,
  ...dateFunctionMacros,
  ...dateSliceMacros,
  ...jsonFunctionMacros,
  ...arrayMacros,
  ...valueAggregateMacros,
}

/**
 * Run when an instance is made, in the in-memory main database and before it is locked down: the macros that the sample's dialect
 * calls. Queries name them in full (`memory.main.sf_…`, as do the macros among themselves), because after `USE other.schema` a bare
 * name is looked up in that schema only; no search path is needed, and none can put another macro in their place.
 * The session's `TimeZone` must be `UTC`: it is the time zone of the sample.
 */
export const preludeStatements: readonly string[] = Object.entries({ ...scalarMacros, ...tableMacros }).map(
  ([name, definition]) => `CREATE MACRO ${dialectSchema}.${name}${definition}`,
)

/**
 * Those of the statements whose macros a text calls, by itself or through others. Making all takes a sixth of a second, which matters to a
 * process that runs one query.
 */
export function usedStatements(statements: readonly string[], text: string): readonly string[] {
  const byMacro = new Map(statements.map((one) => [/^CREATE MACRO [\w.]*?(\w+)\(/.exec(one)?.[1] ?? '', one]))
  const used = new Set<string>()
  const use = (called: string): void => {
    for (const word of called.match(/\w+/g) ?? []) {
      const statement = byMacro.get(word.toLowerCase())
      if (statement === undefined || used.has(statement)) continue
      used.add(statement)
      use(statement)
    }
  }
  use(text)
  return statements.filter((statement) => used.has(statement))
}
