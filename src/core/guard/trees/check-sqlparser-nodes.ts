import type { Span } from '../../../contract/problem.ts'
import type { Fault } from '../verdict.ts'
import type { SqlparserRules } from './sqlparser-nodes.ts'
import { isAbsent } from './tree.ts'
import type { Tree } from './tree.ts'

/** Finds the place of a node, if anything in it has one. */
export type FindSpan = (tree: Tree) => Span | null

/** Every node and field of sqlparser's tree that is not on the allow-list. */
export function checkSqlparserNodes(tree: Tree, rules: SqlparserRules, findSpan: FindSpan): readonly Fault[] {
  const faults: Fault[] = []
  const visit = (parent: string, child: Tree): void => {
    if (Array.isArray(child)) for (const item of child) visit(parent, item)
    else if (typeof child === 'string') checkChoice(parent, child)
    else if (typeof child === 'object' && child !== null)
      visitFields(parent, child as { readonly [field: string]: Tree })
  }
  const visitFields = (parent: string, node: { readonly [field: string]: Tree }): void => {
    const allowed = rules.allowed.get(parent)
    for (const field in node) {
      const value = node[field]
      if (field === 'span' || rules.passive.has(field) || isAbsent(value)) continue
      if (allowed?.has(field) === true) visit(field, value)
      else faults.push(nodeFault(field, findSpan(value) ?? findSpan(node)))
    }
  }
  const checkChoice = (field: string, value: string): void => {
    const among = rules.choices.get(field)
    if (among !== undefined && !among.has(value)) faults.push(nodeFault(value, null))
  }
  visit('ROOT', tree)
  return faults
}

const writing = new Set(['Insert', 'Update', 'Delete', 'Merge', 'Truncate', 'into', 'locks'])

function nodeFault(node: string, span: Span | null): Fault {
  if (node === 'into') return writes('SELECT INTO makes a table.', 'Leave INTO out.', span)
  if (node === 'locks') return writes('FOR UPDATE locks rows.', 'Leave it out.', span)
  if (writing.has(node)) return writes(`${node.toUpperCase()} changes data.`, 'Only SELECT queries run.', span)
  const reason = `This form of SQL is not on the list of what may run (${node}).`
  return { code: 'construct_not_allowed', reason, action: 'Write it another way.', span }
}

const writes = (reason: string, action: string, span: Span | null): Fault => ({ code: 'writes', reason, action, span })
