import { describe, expect, test } from 'vitest'
import { reachOf, readScopes } from './restricted-scope.ts'

const block = (...privileges: readonly string[]) =>
  `privilege_scopes:\n  allowed_privileges:\n    - privileges:\n${privileges.map((one) => `        - ${one}\n`).join('')}      account: [all]\n`
const flow = (...privileges: readonly string[]) =>
  `privilege_scopes:\n  allowed_privileges:\n    - privileges: [${privileges.join(', ')}]\n      account: [all]\n`
const named = (name: string, definition = '') => ({ name, definition })

describe('what only reads', () => {
  test.each([
    ['the predefined scope', named('SNOWFLAKE$DATA_READ')],
    ['the one with AI', named('SNOWFLAKE$DATA_READ_WITH_AI')],
    ['the predefined scope, told with its definition', named('SNOWFLAKE$DATA_READ', flow('data read'))],
    ['reading alone', named('A.B.C', flow('data read'))],
    ['reading, discovery and warehouses', named('A.B.C', flow('data read', 'object discovery', 'compute usage'))],
    ['the same in block style', named('A.B.C', block('data read', 'object discovery', 'compute usage'))],
    ['quoted words in capitals', named('A.B.C', flow('"DATA READ"', "'Object  Discovery'"))],
    ['a comment that speaks of writing', named('A.B.C', `# privileges: [data write]\n${flow('data read')}`)],
    [
      'one that extends a reading scope',
      named('A.B.C', 'privilege_scopes:\n  extend: [SNOWFLAKE$DATA_READ_WITH_AI]\n'),
    ],
    [
      'USAGE on what is not somebody’s code',
      named(
        'SNOWFLAKE$DATA_READ_WITH_AI',
        `${flow('data read', 'object discovery')}    - privileges: [usage]\n      object_types: [agent, mcp server, cortex search service]\n      account: [all]\n`,
      ),
    ],
    [
      'roles beside it',
      named(
        'A.B.C',
        `${flow('data read')}role_scopes:\n  blocked_roles: [ACCOUNTADMIN]\n  allow_role_switching: false\n`,
      ),
    ],
  ])('%s', (_what, scope) => {
    expect(reachOf(scope).isReadOnly).toBe(true)
  })
})

describe('what may do more, or is not known', () => {
  test.each([
    ['programs, whose owners’ rights may write', named('SNOWFLAKE$DATA_READ_PROGRAM_USAGE')],
    ['the same told with a definition', named('SNOWFLAKE$DATA_READ_PROGRAM_USAGE', flow('data read'))],
    ['a name that begins alike', named('SNOWFLAKE$DATA_READ_FAKE')],
    ['a name that ends alike', named('X.Y.SNOWFLAKE$DATA_READ')],
    ['a name in other letters', named('snowflake$data_read')],
    ['a predefined name whose definition says more', named('SNOWFLAKE$DATA_READ', flow('full management'))],
    ['a name alone', named('A.B.C')],
    ['writing', named('A.B.C', flow('data read', 'data write'))],
    ['writing in block style', named('A.B.C', block('data read', 'data write'))],
    [
      'writing in another entry',
      named('A.B.C', `${flow('data read')}    - privileges: [data write]\n      databases: [S]\n`),
    ],
    [
      'writing behind a folded list',
      named('A.B.C', 'allowed_privileges:\n  - privileges: [data read,\n      data write]\n'),
    ],
    ['programs', named('A.B.C', flow('data read', 'program usage'))],
    ['management', named('A.B.C', flow('object management'))],
    ['one that extends programs', named('A.B.C', `privilege_scopes:\n  extend: [SNOWFLAKE$DATA_READ_PROGRAM_USAGE]\n`)],
    ['one that extends another object', named('A.B.C', `privilege_scopes:\n  extend: [A.B.D]\n`)],
    [
      'USAGE on procedures',
      named('A.B.C', `${flow('data read')}    - privileges: [usage]\n      object_types: [procedure]\n`),
    ],
    [
      'more on one table by its name',
      named(
        'A.B.C',
        `${flow('data read')}    - privileges: [insert]\n      named_objects:\n        - type: table\n          names: [A.B.T]\n`,
      ),
    ],
    ['a list that is none', named('A.B.C', 'privileges: 7\n')],
    ['text that is no YAML', named('A.B.C', 'privileges: [data read')],
    ['an empty document', named('A.B.C', '# nothing\n')],
    ['the words in a comment only', named('A.B.C', '# privileges: [data read]\nrole_scopes: {}\n')],
  ])('%s', (_what, scope) => {
    expect(reachOf(scope).isReadOnly).toBe(false)
  })
})

test.each([
  [named('SNOWFLAKE$DATA_READ'), false],
  [named('SNOWFLAKE$DATA_READ_WITH_AI'), true],
  [named('A.B.C', block('data read', 'object discovery')), true],
  [named('A.B.C', flow('data read', 'compute usage')), false],
])('%j lets SHOW list what there is: %s', (scope, allows) => {
  expect(reachOf(scope).allowsDiscovery).toBe(allows)
})

test.each([
  [null, []],
  ['', []],
  ['SNOWFLAKE$DATA_READ', ['SNOWFLAKE$DATA_READ']],
  ['["A.B.C"]', ['A.B.C']],
  ['[{"name":"A.B.C","definition":"privileges: []"},{"definition":"x"}]', ['A.B.C', 'unnamed']],
  ['{"name":"A.B.C"}', ['A.B.C']],
])('scopes told as %s', (json, names) => {
  expect(readScopes(json).map(({ name }) => name)).toEqual(names)
})
