/** What a column holds, as far as asking about it goes. */
export type ColumnKindOfType = 'number' | 'text' | 'date' | 'timestamp' | 'time' | 'boolean' | 'other'

const kinds: readonly (readonly [RegExp, ColumnKindOfType])[] = [
  [
    /^(?:number|decimal|numeric|(?:tiny|small|big|huge|byte|u\w*)?int(?:eger)?\d*|float\d*|double|real|decfloat)\b/,
    'number',
  ],
  [/^(?:varchar|char|character|string|text|nchar|nvarchar|bpchar|enum|uuid)/, 'text'],
  [/^date\b(?!time)/, 'date'],
  [/^(?:timestamp|datetime)/, 'timestamp'],
  [/^time\b/, 'time'],
  [/^bool/, 'boolean'],
]

/** Reads a declared type such as `NUMBER(12,2)`. */
export function columnKindOf(type: string): ColumnKindOfType {
  const text = type.trim().toLowerCase()
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
}
