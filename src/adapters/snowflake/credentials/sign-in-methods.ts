import type { SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import { accessToken } from './access-token.ts'
import { makeExternalOauth, makeSnowflakeOauth } from './oauth-methods.ts'
import { keyPair } from './key-pair.ts'
import type { TokenSource } from './renew-token.ts'
import type { SignInImplementation } from './sign-in-method.ts'
import { makeWorkloadIdentity, type Workload } from './workload-identity.ts'

interface SignInMethodsNeeds {
  /** Gives a fresh access token of a browser sign-in. */
  readonly token: TokenSource
  readonly workload: Workload | null
  readonly allowLoopback: boolean
}

/** Every way to sign in, listed once: one for each method of the contract. There is none with a password. */
export type SignInMethods = { readonly [Method in SignInMethod]: SignInImplementation<Method> }

export const makeSignInMethods = ({ token, workload, allowLoopback }: SignInMethodsNeeds): SignInMethods => ({
  key_pair: keyPair,
  access_token: accessToken,
  snowflake_oauth: makeSnowflakeOauth(token),
  external_oauth: makeExternalOauth({ token, allowLoopback }),
  workload_identity: makeWorkloadIdentity(workload),
})

/** The implementation of a method that only the running program knows. */
export const implementationOf = (methods: SignInMethods, method: SignInMethod): SignInImplementation<SignInMethod> =>
  // The key of the record is the method of the value, which the compiler does not follow through a union.
  methods[method] as SignInImplementation<SignInMethod>
