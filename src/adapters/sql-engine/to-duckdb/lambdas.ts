import { plainArgument } from './call.ts'
import { asCondition, asJson } from './coercions.ts'
import { emitted, type Emitted } from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import { variant } from './semi-structured.ts'
import { bodyIf, cannotRun, fields, type Node } from './syntax.ts'
import type { Translator } from './translator.ts'

export const lambdaFunctions: readonly string[] = ['FILTER', 'TRANSFORM']

/** `FILTER(array, x -> …)` and `TRANSFORM(array, x -> …)`. */
export function lambdaFunction(name: string, args: readonly Node[], t: Translator): Emitted {
  const [arrayNode, lambdaNode] = args.map((arg) => plainArgument(arg, name))
  const lambda = bodyIf(lambdaNode, 'Lambda')
  if (lambda === undefined || args.length !== 2) throw cannotRun(`${name} without a lambda`)
  const { params, body } = fields(lambda, 'a lambda', ['params', 'body', 'syntax'])
  const one = bodyIf(params, 'One')
  if (one === undefined) throw cannotRun(`${name} with several parameters`)
  const parameter = nameOf(fields(one, 'a lambda', ['name'])['name'])
  const array = variant(t.expr(arrayNode))
  const inner = t.inside({ ...t.scope, parameters: [...t.scope.parameters, parameter] }).expr(body)
  const list = `CAST(${array.text} AS JSON[])`
  const result = name === 'FILTER' ? asCondition(inner) : asJson(inner)
  const call = `${name === 'FILTER' ? 'list_filter' : 'list_transform'}(${list}, lambda ${quoted(parameter)}: ${result.text})`
  return emitted(`to_json(${call})`, 'json', [array, result])
}
