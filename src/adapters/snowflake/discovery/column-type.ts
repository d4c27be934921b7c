import { readCount, type RowReader } from './result-rows.ts'

/** Lengths that mean "as long as it may be": before and since the limit was raised. */
const longest = new Set([16_777_216, 134_217_728])
const longestBinary = new Set([8_388_608, 67_108_864])

/** What a type is made of, whichever source told it. */
interface TypeParts {
  readonly name: string
  readonly length: number | null
  readonly precision: number | null
  readonly scale: number | null
}

/** A column's type as it would be declared, from a row of `INFORMATION_SCHEMA.COLUMNS`. */
export const informationType = (row: RowReader): string =>
  declared({
    name: row('data_type') ?? 'VARIANT',
    length: readCount(row('character_maximum_length')),
    precision: readCount(row('numeric_precision')),
    scale: readCount(row('numeric_scale')) ?? readCount(row('datetime_precision')),
  })

/** A column's type and whether it may be null, from the JSON that `SHOW COLUMNS` gives. */
export function shownType(json: string | null): { readonly type: string; readonly nullable: boolean } {
  const told = parsed(json)
  const count = (name: string): number | null => (typeof told[name] === 'number' ? told[name] : null)
  const name = typeof told['type'] === 'string' ? told['type'] : 'VARIANT'
  const vector = name === 'VECTOR' ? vectorType(told) : null
  return {
    type: vector ?? declared({ name, length: count('length'), precision: count('precision'), scale: count('scale') }),
    nullable: told['nullable'] !== false,
  }
}

function declared({ name, length, precision, scale }: TypeParts): string {
  switch (name) {
    case 'FIXED':
    case 'NUMBER':
      return precision === null ? 'NUMBER' : `NUMBER(${precision},${scale ?? 0})`
    case 'TEXT':
      return length === null || longest.has(length) ? 'VARCHAR' : `VARCHAR(${length})`
    case 'BINARY':
      return length === null || longestBinary.has(length) ? 'BINARY' : `BINARY(${length})`
    case 'REAL':
      return 'FLOAT'
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return scale === null ? name : `${name}(${scale})`
    default:
      return name
  }
}

function vectorType(told: Readonly<Record<string, unknown>>): string | null {
  const { dimension, vectorElementType: element } = told
  const elementName = typeof element === 'object' && element !== null && 'type' in element ? element.type : null
  if (typeof dimension !== 'number' || typeof elementName !== 'string') return null
  return `VECTOR(${elementName === 'FIXED' ? 'INT' : 'FLOAT'}, ${dimension})`
}

/** The JSON's members; none where it is no object, so that one odd column costs no table. */
function parsed(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
