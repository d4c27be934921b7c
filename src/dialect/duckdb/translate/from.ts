import type { EmittedRelation } from './aliases.ts'
import { asCondition } from './coercions.ts'
import { nameOf, quoted } from './identifiers.ts'
import { relation } from './relations.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged } from './syntax.ts'
import type { Relation, Translator } from './translator.ts'

/** A FROM clause, and what it brings in sight. */
interface From {
  readonly text: string
  readonly relations: readonly Relation[]
}

/** ` FROM a JOIN b ON …, LATERAL …`, or nothing. Each part sees the parts before it. */
export function fromClause(nodes: readonly Node[], t: Translator): From {
  const relations: Relation[] = []
  const texts = nodes.map((node) => {
    const made = tableWithJoins(node, t, relations)
    relations.push(...made.relations)
    return made.text
  })
  return { text: texts.length === 0 ? '' : ` FROM ${texts.join(', ')}`, relations }
}

/** What a lateral part of the clause may read: the relations before it. */
const seeing = (t: Translator, relations: readonly Relation[]): Translator =>
  t.inside({ relations, aliases: new Map(), parent: t.scope.relations.length > 0 ? t.scope : t.scope.parent })

/** A table and what is joined to it. */
export function tableWithJoins(node: Node, t: Translator, before: readonly Relation[]): From {
  const parts = fields(node, 'FROM', ['relation', 'joins'])
  const first = relation(parts['relation'], seeing(t, before), t, tableWithJoins)
  let text = first.text
  const relations = [...first.relations]
  for (const join of listOf(parts['joins'])) {
    const made = joined(join, t, before, relations)
    text += made.text
    relations.push(...made.relations)
  }
  return { text, relations }
}

function joined(node: Node, t: Translator, before: readonly Relation[], left: readonly Relation[]): From {
  const parts = fields(node, 'JOIN', ['relation', 'global', 'join_operator'])
  const right = relation(parts['relation'], seeing(t, [...before, ...left]), t, tableWithJoins)
  const [operator, constraint] = tagged(parts['join_operator'])
  const both = seeing(t, [...before, ...left, ...right.relations])
  if (operator === 'AsOf') return { text: asOf(constraint, right, both), relations: right.relations }
  const kind = kinds[operator]
  if (kind === undefined) throw cannotRun(`a join of the kind ${operator}`)
  const shared = mergedNames(constraint, left, right.relations)
  const relations = shared === undefined ? right.relations : right.relations.map((one) => ({ ...one, merged: shared }))
  return { text: ` ${joinText(kind, constraint, right, both)}`, relations }
}

/** The columns that a join shows once: undefined where it shows all, null where they are not known. */
function mergedNames(
  constraint: Node,
  left: readonly Relation[],
  right: readonly Relation[],
): readonly string[] | null | undefined {
  if (constraint === 'Natural') {
    if (![...left, ...right].every((relation) => relation.complete)) return null
    const names = right.flatMap((relation) => relation.known.map(({ name }) => name))
    return left.flatMap((relation) => relation.known.map(({ name }) => name)).filter((name) => names.includes(name))
  }
  const using = optional(constraint) === null ? undefined : bodyIf(constraint, 'Using')
  if (using === undefined) return undefined
  return listOf(using).map((path) => nameOf(bodyIf(listOf(path)[0], 'Identifier')))
}

const kinds: Readonly<Record<string, string>> = {
  Join: 'JOIN',
  Inner: 'JOIN',
  Left: 'LEFT JOIN',
  LeftOuter: 'LEFT JOIN',
  Right: 'RIGHT JOIN',
  RightOuter: 'RIGHT JOIN',
  FullOuter: 'FULL JOIN',
  CrossJoin: 'CROSS JOIN',
}

function joinText(kind: string, constraint: Node, right: EmittedRelation, t: Translator): string {
  const side = right.lateral ? `LATERAL ${right.text}` : right.text
  if (optional(constraint) === null) {
    if (kind !== 'JOIN' && kind !== 'CROSS JOIN') {
      if (right.lateral) return `${kind} ${side} ON TRUE`
      throw cannotRun(`${kind} without a condition`)
    }
    return `CROSS JOIN ${side}`
  }
  if (constraint === 'Natural') return `NATURAL ${kind} ${side}`
  return `${kind} ${side}${constraintText(constraint, t)}`
}

function constraintText(constraint: Node, t: Translator): string {
  const on = bodyIf(constraint, 'On')
  if (on !== undefined) return ` ON ${asCondition(t.expr(on)).text}`
  const using = listOf(bodyIf(constraint, 'Using')).map((path) => {
    const [only, ...rest] = listOf(path)
    if (rest.length > 0) throw cannotRun('USING a qualified name')
    return quoted(nameOf(bodyIf(only, 'Identifier')))
  })
  if (using.length === 0) throw cannotRun('this join condition')
  return ` USING (${using.join(', ')})`
}

/** `ASOF JOIN … MATCH_CONDITION (…)`: keeps every row of the left side. */
function asOf(node: Node, right: EmittedRelation, t: Translator): string {
  const { match_condition: match, constraint } = fields(node, 'ASOF JOIN', ['match_condition', 'constraint'])
  const on = bodyIf(constraint, 'On')
  if (on === undefined && optional(constraint) !== null) throw cannotRun('ASOF JOIN with USING')
  const equal = on === undefined ? '' : `${t.expr(on).text} AND `
  return ` ASOF LEFT JOIN ${right.text} ON ${equal}${t.expr(match).text}`
}
