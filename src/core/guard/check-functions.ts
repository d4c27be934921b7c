import { classifyFunction } from './functions/classify-function.ts'
import type { GuardPolicy } from './functions/classify-function.ts'
import type { FunctionRef } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

/** The functions of a query that may not run, each with the reason of its group. */
export function checkFunctions(functions: readonly FunctionRef[], policy: GuardPolicy): readonly Fault[] {
  return functions.flatMap((call) => functionFault(call, policy) ?? [])
}

function functionFault(call: FunctionRef, policy: GuardPolicy): Fault | null {
  const verdict = classifyFunction(call.name, call.place, policy)
  if (verdict.allowed) return null
  const { group } = verdict
  const unknown = call.place === 'table' ? 'table_function_not_allowed' : 'function_not_allowed'
  const action =
    group?.allowed === 'operator'
      ? `Leave it out, or let an operator allow the group "${group.id}" for this connection.`
      : 'Leave it out, or use a built-in function.'
  if (group === null) {
    const reason = `The function ${call.name} is not known to only read.`
    return {
      code: unknown,
      reason,
      action: 'Use a built-in function, or let an operator allow it by name.',
      span: call.span,
    }
  }
  if (group.allowed === 'always') {
    const where = call.place === 'table' ? 'in FROM' : 'outside of FROM'
    return { code: unknown, reason: `The function ${call.name} does not belong ${where}.`, action, span: call.span }
  }
  return {
    code: group.code,
    reason: `The function ${call.name} is not allowed. ${group.reason}`,
    action,
    span: call.span,
  }
}
