import { aggregates } from './aggregates.ts'
import { arrayRules } from './array-functions.ts'
import { type Call, makeCall, type Modifiers, noModifiers, plainArgument, readCall } from './call.ts'
import { conditionalRules } from './conditional-functions.ts'
import { conversionRules } from './conversion-functions.ts'
import { dateRules } from './date-functions.ts'
import type { Emitted } from './emitted.ts'
import { nameOf } from './identifiers.ts'
import { jsonRules } from './json-functions.ts'
import { lambdaFunction, lambdaFunctions } from './lambdas.ts'
import { numberRules } from './number-functions.ts'
import type { Rules } from './rules.ts'
import { cannotRun, type Node } from './syntax.ts'
import { textRules } from './text-functions.ts'
import type { Translator } from './translator.ts'
import { windowed, windowFunctions } from './windows.ts'

/** Every scalar function the sample can run. What is not here is refused by name. */
export const scalarRules: Rules = {
  ...textRules,
  ...numberRules,
  ...dateRules,
  ...conversionRules,
  ...conditionalRules,
  ...jsonRules,
  ...arrayRules,
}

/** A call as it stands in the text. */
export function callFunction(node: Node, t: Translator): Emitted {
  const { name, args, modifiers } = readCall(node)
  const names = name.map(nameOf)
  const [only = ''] = names
  if (names.length !== 1) throw cannotRun(`the function ${names.join('.')}`)
  const aggregate = aggregates.get(only)
  if (aggregate !== undefined) return aggregate(only, args, modifiers, t)
  if (lambdaFunctions.includes(only)) return lambdaFunction(only, args, t)
  const plain = args.map((arg) => plainArgument(arg, only))
  if (windowFunctions.has(only)) return windowed(makeCall(only, plain, modifiers, t))
  refuseModifiers(only, modifiers)
  return callNamed(only, plain, t)
}

function refuseModifiers(name: string, modifiers: Modifiers): void {
  if (scalarRules[name] === undefined) throw cannotRun(`the function ${name}`)
  const { distinct, filter, over, order, nulls } = modifiers
  if (distinct || filter !== null || over !== null || order.length > 0 || nulls !== null) {
    throw cannotRun(`${name} as an aggregate or window function`)
  }
}

/** A scalar function by its Snowflake name. */
export function callNamed(name: string, args: readonly Node[], t: Translator): Emitted {
  const overloads = Object.hasOwn(scalarRules, name) ? scalarRules[name] : undefined
  if (overloads === undefined) throw cannotRun(`the function ${name}`)
  const found = overloads.find((rule) => rule.least <= args.length && args.length <= rule.most)
  if (found === undefined) throw cannotRun(`${name} with ${args.length} arguments`)
  const call: Call = makeCall(name, args, noModifiers, t)
  return found.make(call)
}
