import type { ProblemCode } from '../../../contract/problem.ts'

/** The meaning of a code: the problem's code, what happened, what to do. */
export type Meaning = readonly [code: ProblemCode, what: string, todo: string]

const wrongClock: Meaning = [
  'connection_broken',
  'Snowflake took the signed sign-in for expired or not yet valid.',
  "Set this machine's clock, for example by switching on time synchronisation.",
]

/** What to do about every fault of the network: the doctor looks at name, proxy, certificate and firewall one by one. */
export const runDoctor =
  'Nothing was run twice. Try again in a moment; if it lasts, run floe doctor for this connection.'

/** The meanings of Snowflake's codes and of ours. Snowflake's own words stand in a problem's details. */
export const meanings: Readonly<Record<string, Meaning>> = {
  '390100': [
    'connection_broken',
    'Snowflake did not accept the user or its credential.',
    'Check the user, and give its sign-in anew with floe connection update --method.',
  ],
  '390101': [
    'connection_broken',
    'Snowflake did not accept the user: it is disabled.',
    'Ask an administrator of the account to enable the user.',
  ],
  '390102': [
    'connection_broken',
    'Snowflake has locked this user for a while.',
    'Wait some minutes, or ask an administrator of the account to unlock the user.',
  ],
  '390144': [
    'connection_broken',
    'Snowflake did not accept the key.',
    "Check that the public key belongs to this user and account, and that this machine's clock is right.",
  ],
  '394300': [
    'connection_broken',
    'Snowflake knows no such user with a key: the name of the user in the sign-in is not right.',
    'Check the user and the account, and change them with floe connection update.',
  ],
  '394301': wrongClock,
  '394302': wrongClock,
  '394303': wrongClock,
  '394304': [
    'connection_broken',
    'The key of this connection is not the one that the Snowflake user has.',
    "Set the user's RSA_PUBLIC_KEY to the public half of this key, or save the right key in the connection.",
  ],
  '394305': [
    'connection_broken',
    'Snowflake did not accept how the sign-in was signed.',
    'Make an RSA key of 2,048 bits or more for this connection and register its public half with the user.',
  ],
  '394306': [
    'connection_broken',
    'Snowflake did not accept the signature of the key.',
    "Set the user's RSA_PUBLIC_KEY to the public half of this key; a user without one cannot sign in by key pair.",
  ],
  '394307': [
    'connection_broken',
    'The key signed in to another account than the address names.',
    'Check the account, and change it with floe connection update.',
  ],
  '390186': [
    'connection_broken',
    'The role of this connection is not granted to the user.',
    'Choose another role, or ask an administrator to grant it.',
  ],
  '390189': [
    'connection_broken',
    'The role of this connection does not exist or is not granted to the user.',
    'Choose another role, or ask an administrator to grant it.',
  ],
  '390201': [
    'connection_broken',
    'The role, warehouse or database of this connection does not exist or is not granted.',
    'Check them, and change them with floe connection update.',
  ],
  '390303': [
    'connection_broken',
    'Snowflake did not accept the OAuth token.',
    'Sign in to Snowflake again: open the page and choose this connection.',
  ],
  '390309': [
    'connection_broken',
    'The token belongs to another user than the connection names.',
    'Sign in again with the user of this connection.',
  ],
  '390318': [
    'connection_broken',
    'The sign-in to Snowflake has expired.',
    'Sign in to Snowflake again: open the page and choose this connection.',
  ],
  '390422': [
    'connection_broken',
    "Snowflake's network policy does not allow this machine's address.",
    'Ask an administrator of the account to add the address to the network policy.',
  ],
  '390195': [
    'connection_broken',
    'The sign-in to Snowflake is no longer valid.',
    'Sign in to Snowflake again: open the page and choose this connection.',
  ],
  '390432': [
    'connection_broken',
    'Snowflake accepts an access token of this user only with a network policy.',
    'Ask an administrator of the account to set a network policy for the user.',
  ],
  '394400': [
    'connection_broken',
    'Snowflake did not accept the access token.',
    'Make a new programmatic access token and store it in this connection.',
  ],
  '394507': [
    'connection_broken',
    "Snowflake did not accept this machine's identity.",
    'Check the workload identity of the Snowflake user.',
  ],
  '000606': [
    'warehouse_failed',
    'No warehouse is chosen for this connection, or its role may not use it.',
    'Name a warehouse with floe connection update --warehouse, and grant USAGE on it to the role.',
  ],
  '000607': [
    'warehouse_failed',
    'The warehouse could not be resumed.',
    'Ask an administrator to resume it; a resource monitor may hold it.',
  ],
  '090073': [
    'warehouse_failed',
    'The warehouse is held by a resource monitor.',
    'Ask an administrator to raise its quota, or wait for the next period.',
  ],
  '003001': [
    'warehouse_failed',
    'The role of this connection may not do that.',
    'Ask an administrator to grant SELECT on what the query reads.',
  ],
  '000630': [
    'query_timeout',
    'Snowflake ended the query at its time limit.',
    'Ask for less at once, or raise the limit.',
  ],
  '000604': ['warehouse_failed', 'The query was cancelled in Snowflake.', 'Run it again.'],
  '000008': ['sql_refused', 'Only one statement runs at a time.', 'Send a single SELECT.'],
  '000603': [
    'warehouse_failed',
    'Snowflake had an internal error.',
    'Run the query again; if it happens again, tell Snowflake support the query id.',
  ],
  '090030': [
    'query_too_large',
    'The metadata of the schema is too large to be read at once.',
    'Narrow it to fewer schemas.',
  ],
  '401001': ['warehouse_unreachable', 'The Snowflake account did not answer.', runDoctor],
  '401002': ['warehouse_unreachable', 'The Snowflake account answered with an error instead of a sign-in.', runDoctor],
  deadline: ['warehouse_unreachable', 'Snowflake did not answer in time.', runDoctor],
  redirected: [
    'warehouse_unreachable',
    'The Snowflake account sent Floe to a host that is not one of its own.',
    'Nothing secret was sent there. Check the account name, then run floe doctor for this connection.',
  ],
  limited: [
    'warehouse_unreachable',
    'Snowflake, or a gateway before it, takes no more requests at the moment.',
    'Wait a minute, then ask again.',
  ],
  'secondary-roles': [
    'connection_broken',
    'Other roles are active beside the one of this connection, and Snowflake does not let Floe switch them off.',
    'Run floe doctor for this connection: an administrator sets DEFAULT_SECONDARY_ROLES = () for the user.',
  ],
  garbage: [
    'warehouse_failed',
    'What came back is no answer of Snowflake.',
    'Check that nothing between here and Snowflake changes its answers, then try again.',
  ],
  http: ['warehouse_unreachable', 'The Snowflake account answered with an error.', runDoctor],
  gone: ['warehouse_unreachable', 'Snowflake closed the session again and again.', runDoctor],
  incomplete: [
    'warehouse_failed',
    'A part of the result could not be read, so none of it is shown as complete.',
    'Run the query again.',
  ],
  corrupt: [
    'warehouse_failed',
    'A part of the result came back damaged, so none of it is shown as complete.',
    'Run the query again.',
  ],
  untrusted: [
    'warehouse_failed',
    'The result lies at a host that Floe does not fetch from; the details name it.',
    'If the host belongs to your Snowflake account, add it to SNOWFLAKE_RESULT_HOSTS and start Floe again.',
  ],
  '000709': ['result_expired', 'The result is no longer kept in Snowflake.', 'Run the query again.'],
  driver: [
    'connection_broken',
    'The Snowflake driver could not sign in with these settings.',
    'Run floe doctor for this connection, and change it with floe connection update.',
  ],
}
