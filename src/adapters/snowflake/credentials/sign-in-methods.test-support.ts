import type { NewSignIn, SignIn, WorkloadProvider } from '../../../contract/snowflake/sign-in.ts'
import { implementationOf, makeSignInMethods } from './sign-in-methods.ts'

/** The methods of a machine without OAuth grants; a browser sign-in gives no token here. */
export const methodsWith = (provider: WorkloadProvider | null) =>
  makeSignInMethods({
    token: () => Promise.reject(new Error('nobody is signed in')),
    workload: provider === null ? null : { provider, tokenFile: null },
    allowLoopback: false,
  })

export const methods = methodsWith(null)

export const prepare = (given: NewSignIn, of = methods) => implementationOf(of, given.method).prepare(given)

export const setupSqlOf = (signIn: SignIn) => implementationOf(methods, signIn.method).setupSql(signIn)
