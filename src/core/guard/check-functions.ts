import type { GuardPolicy } from '../../contract/guard-policy.ts'
import { classifyFunction } from './functions/classify-function.ts'
import type { FunctionGroup } from './functions/function-group.ts'
import type { FunctionRef } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

/** The functions of a query that may not run, each with the reason of its group. */
export function checkFunctions(
  functions: readonly FunctionRef[],
  policy: GuardPolicy,
  database: string | null,
): readonly Fault[] {
  return functions.flatMap((call) => {
    const verdict = classifyFunction(call, policy, database)
    return verdict.allowed ? [] : [functionFault(call, verdict.group, policy)]
  })
}

function functionFault(call: FunctionRef, group: FunctionGroup | null, policy: GuardPolicy): Fault {
  const { name, place, span } = call
  const unknown = place === 'table' ? 'table_function_not_allowed' : 'function_not_allowed'
  if (group === null)
    return {
      code: unknown,
      reason: `The function ${name} is not known to only read.`,
      action: wayOut(call, policy),
      span,
    }
  if (group.allowed === 'always') {
    const where = place === 'table' ? 'in FROM' : 'outside of FROM'
    const reason = `The function ${name} does not belong ${where}.`
    return { code: unknown, reason, action: 'Leave it out, or use a built-in function.', span }
  }
  const action =
    group.allowed === 'operator'
      ? `Leave it out, or have the operator add "${group.id}" to allowFunctionGroups of this connection in CONNECTION_POLICIES.`
      : 'Leave it out, or use a built-in function.'
  return { code: group.code, reason: `The function ${name} is not allowed. ${group.reason}`, action, span }
}

/** What to do about a function that no group knows: its full name where that is allowed, else the setting that allows it. */
function wayOut({ parts, place }: FunctionRef, policy: GuardPolicy): string {
  const [setting, allowed] =
    place === 'table'
      ? (['allowTableFunctions', policy.allowTableFunctions] as const)
      : (['allowFunctions', policy.allowFunctions] as const)
  const meant = allowed.find((full) => full.at(-1) === parts.at(-1))
  if (meant !== undefined && parts.length < 3) return `Write its full name, ${meant.join('.')}.`
  return `Use a built-in function, or have the operator add its full name to ${setting} of this connection in CONNECTION_POLICIES.`
}
