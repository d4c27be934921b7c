/** Where a part of a query stands. */
export type Clause =
  'select' | 'from' | 'on' | 'where' | 'group' | 'having' | 'qualify' | 'order' | 'limit' | 'partition' | 'window'

/** Offsets into a text in UTF-16 code units, the end exclusive. */
export interface TextSpan {
  readonly from: number
  readonly to: number
}

export type PartKind =
  /** A table of FROM; `name` is its last part as stored. */
  | 'table'
  /** A column; `qualifier` is the alias or table before it. */
  | 'column'
  /** The name that a SELECT gives an expression; `refers` is the expression. */
  | 'alias'
  | 'number'
  /** A string literal, dates included. */
  | 'text'
  | 'boolean'
  | 'null'
  /** A function; EXTRACT has the name of its field. */
  | 'call'
  /** An operator by sqlparser's name, for example `Gt` or `IsNull`. */
  | 'operator'
  /** Anything that excludes rows: NOT, <>, NOT IN, EXCEPT. */
  | 'negation'
  | 'distinct'
  /** One key of GROUP BY; `refers` is the selected expression that a position or alias stands for. */
  | 'group'
  /** One key of ORDER BY; `name` is `asc` or `desc`. */
  | 'order'
  | 'limit'
  | 'offset'
  /** One key of PARTITION BY. */
  | 'partition'
  /** A window function. */
  | 'window'
  /** UNION, INTERSECT or EXCEPT. */
  | 'set'
  | 'case'
  /** An outer join. */
  | 'outer-join'
  /** `*` of a SELECT list. */
  | 'star'
  /** A whole SELECT with its brackets. */
  | 'query'

/** A part of a query that may answer words of the question. */
export interface QueryPart extends TextSpan {
  readonly kind: PartKind
  readonly name: string
  readonly clause: Clause
  /** Which SELECT of the text it belongs to, counted from 0. */
  readonly level: number
  readonly qualifier?: string
  readonly refers?: TextSpan
}

/** Whether a span lies within another. */
export const contains = (outer: TextSpan, inner: TextSpan): boolean => outer.from <= inner.from && inner.to <= outer.to
