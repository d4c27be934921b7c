import * as z from 'zod/mini'

/** Groups of functions that only an operator may allow; docs/read-only.md says what each of them does. */
export const operatorGroups = ['ai'] as const

const nameParts = /^(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+")(?:\.(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+")){2}$/

/**
 * A function by its full name, `DATABASE.SCHEMA.NAME`, written as in a query: unquoted parts fold to upper case, quoted parts are exact.
 * Parsed into its three stored parts, which are compared one by one, so that a dot inside quotes separates nothing.
 */
export const FunctionName = z.pipe(
  z.string().check(z.regex(nameParts, 'must be a full name such as DATABASE.SCHEMA.NAME')),
  z.transform((text): readonly string[] =>
    [...text.matchAll(/"((?:[^"]|"")+)"|[^."]+/g)].map(([bare, quoted]) =>
      quoted === undefined ? bare.toUpperCase() : quoted.replaceAll('""', '"'),
    ),
  ),
)

/** The lists of a policy, each of which may be left out. */
export const policyLists = {
  allowFunctionGroups: z.readonly(z.array(z.enum(operatorGroups))),
  /** Functions that may be called among expressions. */
  allowFunctions: z.readonly(z.array(FunctionName)),
  /** Functions that may be called in FROM. They are listed apart because `TABLE(…)` may also call a procedure of the same name. */
  allowTableFunctions: z.readonly(z.array(FunctionName)),
}

/**
 * What the operator of a connection allows beyond the built-in functions that only read: groups of functions, and functions of the account
 * by name. Nothing in it allows a write, a stage, a sequence or a function that acts on the account.
 */
export const GuardPolicy = z.strictObject({
  allowFunctionGroups: z._default(policyLists.allowFunctionGroups, []),
  allowFunctions: z._default(policyLists.allowFunctions, []),
  allowTableFunctions: z._default(policyLists.allowTableFunctions, []),
})
export type GuardPolicy = Readonly<z.infer<typeof GuardPolicy>>

/** Nothing but built-in functions that only read: what holds where no operator has set a policy. */
export const strictPolicy: GuardPolicy = { allowFunctionGroups: [], allowFunctions: [], allowTableFunctions: [] }
