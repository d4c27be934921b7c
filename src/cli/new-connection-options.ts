import { Option, type Command } from 'commander'
import type { SignInMethod, WorkloadProvider } from '../contract/connection.ts'

/** The ways to sign in, as `--method` takes them. */
export const methodNames = {
  'key-pair': 'key_pair',
  'access-token': 'access_token',
  'snowflake-oauth': 'snowflake_oauth',
  'external-oauth': 'external_oauth',
  'workload-identity': 'workload_identity',
} as const satisfies Record<string, SignInMethod>

/** What `floe connection add` was told. Secrets are files, never arguments. */
export interface NewConnectionOptions {
  readonly account?: string
  readonly method?: keyof typeof methodNames
  readonly user?: string
  readonly role?: string
  readonly warehouse?: string
  readonly database?: string
  readonly schema?: string
  readonly keyFile?: string
  readonly generateKey?: true
  readonly passphraseFile?: string
  readonly tokenFile?: string
  readonly clientId?: string
  readonly clientSecretFile?: string
  readonly issuer?: string
  readonly authorizationUrl?: string
  readonly tokenUrl?: string
  readonly scope?: string
  readonly provider?: WorkloadProvider
  readonly test: boolean
  readonly json?: true
}

/** Adds the options of `floe connection add`. */
export const addNewConnectionOptions = (command: Command): Command =>
  command
    .option('--account <account>', 'the account in any form: an address, org-account, a locator with region')
    .addOption(new Option('--method <method>', 'how to sign in').choices(Object.keys(methodNames)))
    .option('--user <user>', "the user's name in Snowflake (key-pair, access-token)")
    .option('--role <role>', 'the role to use; without it the default role of the user')
    .option('--warehouse <warehouse>', 'the warehouse that runs queries')
    .option('--database <database>', 'where unqualified names are looked up')
    .option('--schema <schema>', 'likewise')
    .option('--key-file <path>', 'a file with the private key in PEM; - reads stdin')
    .option('--generate-key', 'makes a key that never leaves Floe and prints what an administrator has to run')
    .option('--passphrase-file <path>', "a file with the key's passphrase; - reads stdin")
    .option('--token-file <path>', 'a file with the programmatic access token; - reads stdin')
    .option('--client-id <id>', 'the OAuth client')
    .option('--client-secret-file <path>', "a file with the OAuth client's secret; - reads stdin")
    .option('--issuer <url>', 'the sign-in server (external-oauth)')
    .option('--authorization-url <url>', 'its authorization address, where it publishes no metadata')
    .option('--token-url <url>', 'its token address, likewise')
    .option('--scope <scope>', 'the scope to ask it for')
    .addOption(
      new Option('--provider <provider>', 'whose identity (workload-identity)').choices([
        'AWS',
        'AZURE',
        'GCP',
        'OIDC',
      ]),
    )
    .option('--no-test', 'does not try the connection after saving it')
    .option('--json', 'prints one JSON object a line')
