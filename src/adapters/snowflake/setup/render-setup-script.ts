import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { checkChoices, type SetupChoices } from './setup-choices.ts'
import {
  asScript,
  createIntegration,
  createPolicyPlace,
  createRole,
  createToken,
  createUser,
  createWarehouse,
  grantDatabase,
  restrictNetwork,
  restrictSessions,
  type Statements,
} from './setup-statements.ts'

interface Section {
  /** Fixed text: nothing chosen may stand in a comment. */
  readonly title: string
  readonly statements: Statements
}

/**
 * The SQL that an administrator runs once, so that Floe can read and do nothing else. Running it again changes nothing. Names and texts are
 * quoted, whatever stands in them. Throws `bad_request` for choices that make no script.
 */
export function renderSetupScript(choices: SetupChoices): string {
  checkChoices(choices)
  const sections = sectionsOf(choices).filter(({ statements }) => statements.length > 0)
  return [
    '-- Lets Floe read these databases, and nothing else. Run it as ACCOUNTADMIN; running it again changes nothing.',
    asScript(['USE ROLE ACCOUNTADMIN']),
    ...sections.map(({ title, statements }) => `\n-- ${title}\n${asScript(statements)}`),
    '',
  ].join('\n')
}

function sectionsOf(choices: SetupChoices): readonly Section[] {
  const { signIn, role, databases } = choices
  const users = signIn.kind === 'oauth' ? signIn.users : [choices.user]
  const isService = signIn.kind !== 'oauth'
  return [
    { title: 'A role that reads.', statements: createRole(choices) },
    {
      title: 'A small warehouse that sleeps after a minute and stops at its monthly quota.',
      statements: createWarehouse(choices),
    },
    {
      title:
        'What Floe may read, now and later. A statement that your edition of Snowflake does not know can be left out.',
      statements: databases.flatMap((database) => grantDatabase(role, database)),
    },
    {
      title: 'The user Floe signs in as: an agent, so that the ceiling below applies.',
      statements: createUser(choices),
    },
    {
      title: 'People sign in with their own users. The last statement shows client id and secret for the connection.',
      statements: createIntegration(choices),
    },
    { title: 'A place for the policies.', statements: createPolicyPlace(choices) },
    {
      title: 'Only the addresses that Floe connects from.',
      statements: isService ? restrictNetwork(choices) : [],
    },
    {
      title: "The read-only ceiling: an agent's session reads, whatever its role may.",
      statements: restrictSessions(choices.policies, users, isService),
    },
    {
      title: 'The token for the connection. Snowflake shows it once.',
      statements: signIn.kind === 'access_token' ? createToken(choices) : [],
    },
    {
      title: 'To look at the result: nothing but USAGE and SELECT should be listed.',
      statements: [`SHOW GRANTS TO ROLE ${quotedName(role)}`],
    },
  ]
}
