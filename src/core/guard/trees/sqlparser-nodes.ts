/**
 * The allow-list of sqlparser's tree: each line is a node or field, then the fields that may be non-empty inside it. Anything else is refused.
 * EXPR stands for any expression, IDENT for a name, TYPE for a data type.
 */
const expressions =
  'AllOp AnyOp Array Between BinaryOp Case Cast Ceil Collate CompoundFieldAccess CompoundIdentifier Dictionary Exists Extract Floor Function Identifier ' +
  'ILike InList InSubquery Interval IsDistinctFrom IsFalse IsNotDistinctFrom IsNotFalse IsNotNull IsNotTrue IsNull IsTrue JsonAccess Lambda Like Nested ' +
  'OuterJoin Position Prefixed Prior RLike Subquery Substring Trim Tuple TypedString UnaryOp Value'

const identifier = 'value quote_style'

/** Fields and nodes that hold nothing but expressions. */
const holdExpressions =
  'expr left right low high condition result else_result operand UnnamedExpr list Nested Prior OuterJoin Exists IsNull IsNotNull IsTrue IsFalse ' +
  'IsNotTrue IsNotFalse IsDistinctFrom IsNotDistinctFrom trim_what substring_from substring_for having selection qualify definition condition On ' +
  'partition_by elem content Constant body Expr limit offset in ExprWithAliases default_on_null match_condition arg pattern relationships arguments ' +
  'Tuple Scale dimensions metrics facts where_clause'

const rules = `
  ROOT: Query
  Query: with body order_by limit_clause fetch
  subquery: with body order_by limit_clause fetch
  query: with body order_by limit_clause fetch
  body: Select SetOperation Query Values EXPR
  left: Select SetOperation Query Values EXPR
  right: Select SetOperation Query Values EXPR
  SetOperation: left right op set_quantifier
  with: with_token recursive cte_tables
  cte_tables: alias query closing_paren_token
  Select: select_token optimizer_hints distinct top top_before_distinct projection from selection connect_by group_by having qualify flavor exclude
  optimizer_hints: text style prefix
  projection: UnnamedExpr ExprWithAlias Wildcard QualifiedWildcard
  ExprWithAlias: expr alias
  Wildcard: wildcard_token opt_ilike opt_exclude opt_replace opt_rename
  QualifiedWildcard: ObjectName Identifier IDENT wildcard_token opt_ilike opt_exclude opt_replace opt_rename
  opt_ilike: pattern
  opt_exclude: Single Multiple
  opt_rename: Single Multiple
  opt_replace: items
  items: as_keyword column_name expr
  Single: Identifier IDENT ident alias
  Multiple: Identifier IDENT ident alias
  ident: IDENT
  top: quantity percent with_ties
  quantity: Constant EXPR
  from: relation joins
  relation: Table Derived Function TableFunction NestedJoin Pivot Unpivot MatchRecognize SemanticView
  table: Table Derived Function TableFunction NestedJoin Pivot Unpivot MatchRecognize SemanticView
  joins: relation join_operator global
  table_with_joins: relation joins
  join_operator: Join Inner Left LeftOuter Right RightOuter FullOuter CrossJoin AsOf
  Join: On Using
  Inner: On Using
  Left: On Using
  LeftOuter: On Using
  Right: On Using
  RightOuter: On Using
  FullOuter: On Using
  CrossJoin: On Using
  AsOf: match_condition constraint
  constraint: On Using
  Using: Identifier
  Table: name alias sample version args
  name: Identifier IDENT
  alias: explicit name columns IDENT
  columns: name data_type expr alias IDENT
  column_name: IDENT
  version: Function Changes
  Changes: changes at end
  end: Function
  changes: Function
  at: Function
  sample: AfterTableAlias BeforeTableAlias
  AfterTableAlias: modifier name quantity seed
  BeforeTableAlias: modifier name quantity seed
  quantity: parenthesized value unit Constant EXPR
  seed: modifier value
  SemanticView: name dimensions metrics facts where_clause alias
  Derived: lateral subquery alias sample
  NestedJoin: table_with_joins alias
  TableFunction: expr alias
  Function: lateral name args alias over filter null_treatment within_group Function with_ordinality
  args: List Named Unnamed args settings
  List: args duplicate_treatment clauses expr alias
  list: alias expr EXPR
  Named: name arg operator
  Unnamed: Expr QualifiedWildcard WildcardWithOptions
  WildcardWithOptions: wildcard_token opt_ilike opt_exclude
  arg: Expr EXPR
  Expr: EXPR
  clauses: IgnoreOrRespectNulls OrderBy Separator OnOverflow
  over: WindowSpec NamedWindow
  WindowSpec: partition_by order_by window_frame
  window_frame: units start_bound end_bound
  start_bound: Preceding Following
  end_bound: Preceding Following
  Preceding: EXPR
  Following: EXPR
  order_by: kind expr options EXPR
  kind: Expressions All
  Expressions: expr options Rollup Cube GroupingSets EXPR
  All: asc nulls_first
  options: asc nulls_first
  within_group: expr options
  fetch: quantity percent with_ties
  limit_clause: LimitOffset
  LimitOffset: limit offset
  offset: value rows EXPR
  group_by: Expressions All
  GroupingSets: EXPR
  Cube: EXPR
  Rollup: EXPR
  connect_by: ConnectBy StartWith
  ConnectBy: connect_token relationships nocycle
  StartWith: start_token condition
  Pivot: table aggregate_functions value_column value_source default_on_null alias
  aggregate_functions: expr alias
  value_column: Identifier CompoundIdentifier EXPR
  value_source: List Any Subquery
  Any: expr options
  Subquery: with body order_by limit_clause fetch
  Unpivot: table value name columns null_inclusion alias
  MatchRecognize: table partition_by order_by measures rows_per_match after_match_skip pattern symbols alias
  measures: expr alias
  rows_per_match: AllRows
  AllRows: EXPR
  after_match_skip: ToFirst ToLast
  ToFirst: IDENT
  ToLast: IDENT
  pattern: Symbol Exclude Permute Concat Group Alternation Repetition EXPR
  Concat: Symbol Exclude Permute Concat Group Alternation Repetition
  Group: Symbol Exclude Permute Concat Group Alternation Repetition
  Alternation: Symbol Exclude Permute Concat Group Alternation Repetition
  Repetition: Symbol Exclude Permute Concat Group Alternation Repetition AtLeast AtMost Exactly Range
  Symbol: Named
  Exclude: Named
  Permute: Named
  Named: name arg operator IDENT
  symbols: symbol definition
  symbol: IDENT
  Values: explicit_row rows value_keyword
  rows: opening_token content closing_token EXPR
  AllOp: left compare_op right
  AnyOp: left compare_op right is_some
  Array: elem named
  Between: expr negated low high
  BinaryOp: left op right
  Case: case_token operand conditions else_result end_token
  conditions: condition result
  Cast: kind expr data_type array format
  Ceil: expr field
  Floor: expr field
  Extract: field syntax expr
  field: DateTimeField Scale Custom IDENT
  Scale: value
  DateTimeField: Custom
  Custom: IDENT
  Collate: expr collation
  collation: Identifier IDENT
  CompoundFieldAccess: root access_chain
  root: EXPR
  access_chain: Dot Subscript
  Dot: key quoted EXPR
  Subscript: Index
  Index: index
  index: EXPR
  CompoundIdentifier: IDENT
  Identifier: IDENT
  ObjectName: Identifier
  Dictionary: key value
  key: EXPR IDENT
  value: EXPR Boolean Number SingleQuotedString DollarQuotedString HexStringLiteral Placeholder value unit parenthesized
  Number:
  DollarQuotedString: value tag
  HexStringLiteral:
  Exists: subquery negated EXPR
  ILike: negated any expr pattern escape_char
  Like: negated any expr pattern escape_char
  RLike: negated expr pattern regexp
  escape_char: value SingleQuotedString
  InList: expr list negated
  InSubquery: expr subquery negated
  Interval: value leading_field leading_precision last_field fractional_seconds_precision
  JsonAccess: value path
  path: path Dot Bracket ColonBracket
  Bracket: key
  ColonBracket: key
  Lambda: params body syntax
  params: One Many
  One: name data_type
  Many: name data_type
  Position: expr in
  Prefixed: prefix value
  prefix: IDENT
  Substring: expr substring_from substring_for special shorthand
  Trim: trim_where trim_what expr trim_characters
  trim_characters: EXPR
  TypedString: data_type value uses_odbc_syntax
  UnaryOp: op expr
  Value: value
`

/** Allowed values of fields that hold a variant name. Other text fields hold names, numbers and literals. */
const choices: Readonly<Record<string, string>> = {
  op: 'And Or Not Eq NotEq Gt GtEq Lt LtEq Plus Minus Multiply Divide Modulo StringConcat Union Except Intersect Minus',
  compare_op: 'Eq NotEq Gt GtEq Lt LtEq',
  flavor: 'Standard',
}

/** Fields that hold only words: data types, keywords and punctuation. They are not visited. */
const passive =
  'data_type with_token select_token wildcard_token case_token end_token connect_token start_token opening_token closing_token closing_paren_token as_keyword'

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

function readRules(): ReadonlyMap<string, ReadonlySet<string>> {
  const allowed = new Map<string, Set<string>>()
  const add = (parent: string, children: string) => {
    const set = allowed.get(parent) ?? new Set()
    for (const child of words(children.replace('EXPR', expressions).replace('IDENT', identifier))) set.add(child)
    allowed.set(parent, set)
  }
  for (const line of rules.trim().split('\n')) {
    const [parent = '', children = ''] = line.split(':')
    add(parent.trim(), children)
  }
  for (const parent of words(holdExpressions)) add(parent, expressions)
  return allowed
}

/** Builds the allow-list as lookup tables; called once for each worker. */
export const sqlparserRules = () => ({
  allowed: readRules(),
  choices: new Map(Object.entries(choices).map(([field, values]) => [field, new Set(words(values))])),
  passive: new Set(words(passive)),
})
export type SqlparserRules = ReturnType<typeof sqlparserRules>
