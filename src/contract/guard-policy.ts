import { z } from 'zod'

/** Groups of functions that only an operator may allow; docs/read-only.md says what each of them does. */
export const operatorGroups = ['ai'] as const

const nameParts = /^(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+")(?:\.(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+")){2}$/

/**
 * A function by its full name, `DATABASE.SCHEMA.NAME`, written as in a query: unquoted parts fold to upper case, quoted parts are exact.
 * Parsed into its three stored parts, which are compared one by one, so that a dot inside quotes separates nothing.
 */
export const FunctionName = z
  .string()
  .regex(nameParts, 'must be a full name such as DATABASE.SCHEMA.NAME')
  .transform((text): readonly string[] =>
    [...text.matchAll(/"((?:[^"]|"")+)"|[^."]+/g)].map(([bare, quoted]) =>
      quoted === undefined ? bare.toUpperCase() : quoted.replaceAll('""', '"'),
    ),
  )

/**
 * What the operator of a connection allows beyond the built-in functions that only read: groups of functions, and functions of the account
 * by name. Nothing in it allows a write, a stage, a sequence or a function that acts on the account.
 */
export const GuardPolicy = z.strictObject({
  allowFunctionGroups: z.array(z.enum(operatorGroups)).readonly().default([]),
  /** Functions that may be called among expressions. */
  allowFunctions: z.array(FunctionName).readonly().default([]),
  /** Functions that may be called in FROM. They are listed apart because `TABLE(…)` may also call a procedure of the same name. */
  allowTableFunctions: z.array(FunctionName).readonly().default([]),
})
export type GuardPolicy = Readonly<z.infer<typeof GuardPolicy>>

/** Nothing but built-in functions that only read: what holds where no operator has set a policy. */
export const strictPolicy: GuardPolicy = { allowFunctionGroups: [], allowFunctions: [], allowTableFunctions: [] }
