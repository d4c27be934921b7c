import type { Emitted } from '../translate/emitted.ts'
import { nameOf } from '../translate/identifiers.ts'
import { bodyIf, cannotRun, type Node } from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import { aggregate, aggregates } from './aggregates.ts'
import { arrayRules, lambdaFunction, lambdaFunctions } from './array.ts'
import { makeCall, type Modifiers, noModifiers, plainArgument, readCall } from './call.ts'
import { conditionalRules } from './conditional.ts'
import { conversionRules, sessionRules } from './conversion.ts'
import { dateRules } from './date.ts'
import type { Rules } from './function-set.ts'
import { jsonRules } from './json.ts'
import { numberRules } from './number.ts'
import { textRules } from './text.ts'
import { windowed, windowFunctions } from './windows.ts'

/** Every scalar function the sample can run. What is not here is refused by name. */
export const scalarRules: Rules = {
  ...textRules,
  ...numberRules,
  ...dateRules,
  ...conversionRules,
  ...sessionRules,
  ...conditionalRules,
  ...jsonRules,
  ...arrayRules,
}

/** An entry of a table by its own key; undefined for keys that every object has. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** A call as it stands in the text. */
export function callFunction(node: Node, t: Translator): Emitted {
  const { name: path, args, modifiers } = readCall(node)
  const names = path.map(nameOf)
  const [name = ''] = names
  if (names.length !== 1) throw cannotRun(`the function ${names.join('.')}`)
  const aggregateRule = own(aggregates, name)
  if (aggregateRule !== undefined) return aggregate(name, aggregateRule, args, modifiers, t)
  const lambda = own(lambdaFunctions, name)
  if (lambda !== undefined) return lambdaFunction(name, lambda, args, t)
  const isRow = args.length === 1 && bodyIf(args[0], 'Unnamed') === 'Wildcard' && name.startsWith('OBJECT_CONSTRUCT')
  const plain = isRow ? rowPairs(name, t) : args.map((arg) => plainArgument(arg, name))
  const windowRule = own(windowFunctions, name)
  if (windowRule !== undefined) return windowed(makeCall(name, plain, modifiers, t), windowRule)
  refuseModifiers(name, modifiers)
  return callNamed(name, plain, t)
}

/** The keys and values that `*` stands for in `OBJECT_CONSTRUCT(*)`: the columns by their names. */
function rowPairs(name: string, t: Translator): readonly Node[] {
  const { relations } = t.scope
  const columns = relations.flatMap((relation) => relation.known.map((column) => column.name))
  const unclear = relations.length === 0 || relations.some(({ complete, merged }) => !complete || merged !== undefined)
  if (unclear || new Set(columns).size < columns.length)
    throw cannotRun(`${name} of columns that are not listed, or named twice`)
  return columns.flatMap((column) => [
    { Value: { value: { SingleQuotedString: column } } },
    { Identifier: { value: column, quote_style: '"' } },
  ])
}

function refuseModifiers(name: string, modifiers: Modifiers): void {
  if (own(scalarRules, name) === undefined) throw cannotRun(`the function ${name}`)
  const { distinct, filter, over, order, nulls } = modifiers
  if (distinct || filter !== null || over !== null || order.length > 0 || nulls !== null) {
    throw cannotRun(`${name} as an aggregate or window function`)
  }
}

/** A scalar function by its Snowflake name. */
export function callNamed(name: string, args: readonly Node[], t: Translator): Emitted {
  const overloads = own(scalarRules, name)
  if (overloads === undefined) throw cannotRun(`the function ${name}`)
  const found = overloads.find((rule) => rule.least <= args.length && args.length <= rule.most)
  if (found === undefined) throw cannotRun(`${name} with ${args.length} arguments`)
  return found.make(makeCall(name, args, noModifiers, t))
}
