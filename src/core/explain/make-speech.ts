import type { Tree } from '../guard/trees/tree.ts'
import { factsOf, readNames } from './name-facts.ts'
import { makeNameWords } from './name-words.ts'
import { sayCondition } from './say-condition.ts'
import { sayExpression } from './say-expression.ts'
import type { TypedTable } from './typed-tables.ts'
import type { Speech } from './words.ts'

/** Makes the speech of a query. `print` renders a part of it as SQL; `tables` are those it may read. */
export function makeSpeech(tree: Tree, print: (tree: Tree) => string, tables: readonly TypedTable[]): Speech {
  const names = readNames(tree, tables)
  const speech: Speech = {
    print,
    facts: factsOf(names),
    names: makeNameWords(names),
    asides: [],
    given: new Map(),
    expression: (part) => sayExpression(part, speech),
    condition: (part) => sayCondition(part, speech),
  }
  return speech
}
