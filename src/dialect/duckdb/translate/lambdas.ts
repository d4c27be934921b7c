import { plainArgument } from './call.ts'
import { castTo } from './casts.ts'
import { asCondition, asJson } from './coercions.ts'
import { emitted, type Emitted, macroName } from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import { variant } from './semi-structured.ts'
import { bodyIf, cannotRun, fields, type Node, optional } from './syntax.ts'
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
  const { name: written, data_type: type } = fields(one, 'a lambda', ['name', 'data_type'])
  const parameter = nameOf(written)
  const array = variant(t.expr(arrayNode))
  const element = emitted(quoted(parameter), 'json')
  const value = optional(type) === null ? element : castTo(element, type, false)
  const parameters = new Map([...t.scope.parameters, [parameter, value]])
  const inner = t.inside({ ...t.scope, parameters }).expr(body)
  const list = `${macroName('sf_lambda_list')}(${array.text})`
  const result = name === 'FILTER' ? asCondition(inner) : asJson(inner)
  const call = `${name === 'FILTER' ? 'list_filter' : 'list_transform'}(${list}, lambda ${quoted(parameter)}: ${result.text})`
  return emitted(`to_json(${call})`, 'json', [array, result], { times: 3 })
}
