import { type Command, Option } from 'commander'
import { Invitation, Role, type PersonChange, type PersonSummary } from '../../contract/people.ts'
import type { Caller } from '../../core/caller.ts'
import type { People } from '../../core/people/people.ts'
import { problem } from '../../core/problem.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { displayWidth, escapeControls } from '../format/terminal-text.ts'

interface JsonOption {
  readonly json?: true
}

/** `floe admin users`: people and their roles. Works before there is sign-in, so that an operator can prepare who may come. */
export function addUsers(admin: Command, context: CliContext): void {
  const group = admin.command('users').description('lists, invites, changes and removes people')
  addList(group, context)
  addInvite(group, context)
  addRole(group, context)
  addAccess(group, context, 'disable', 'signs a person out everywhere and lets them come no more')
  addAccess(group, context, 'enable', 'lets a disabled person come again')
  addRemove(group, context)
}

const asOperator = <T>({ needs }: CliContext, work: (directory: People, operator: Caller) => Promise<T>): Promise<T> =>
  withServices(needs, ({ people }) => work(people.directory, needs.operator))

function addList(group: Command, context: CliContext): void {
  group
    .command('list')
    .description('lists everybody who has signed in or was invited')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ json }: JsonOption) => {
      const people = await asOperator(context, (directory, operator) => directory.list(operator))
      const width = Math.max(0, ...people.map(({ email }) => displayWidth(email ?? '')))
      for (const person of people)
        await context.output.write(json ? `${JSON.stringify(person)}\n` : describePerson(person, width))
    })
}

function describePerson(
  { email, role, name, isDisabled, isInvited, lastSeenAt }: PersonSummary,
  width: number,
): string {
  const address = escapeControls(email ?? '')
  const state = isDisabled ? 'disabled' : isInvited ? 'invited' : `last seen ${lastSeenAt?.slice(0, 10) ?? 'never'}`
  return `${address.padEnd(width)}  ${role.padEnd(6)}  ${[state, escapeControls(name)].filter(Boolean).join('  ')}\n`
}

function addInvite(group: Command, context: CliContext): void {
  group
    .command('invite')
    .description('lets somebody come; Floe sends no e-mail')
    .argument('<email>', 'the address they sign in with')
    .addOption(new Option('--role <role>', 'what they may do').choices(Role.options).makeOptionMandatory())
    .option('--json', 'prints one JSON object')
    .action(async (email: string, { role, json }: JsonOption & { readonly role: Role }) => {
      const invitation = Invitation.safeParse({ email, role })
      if (!invitation.success)
        throw problem('bad_request', `${email} is no e-mail address.`, 'Write it as name@example.com.')
      const invited = await asOperator(context, (directory, operator) => directory.invite(operator, invitation.data))
      await tell(context, json, invited, `may come as ${role}: tell them the address of this Floe`)
    })
}

function addRole(group: Command, context: CliContext): void {
  group
    .command('role')
    .description('changes what a person may do')
    .argument('<email>', 'their address')
    .argument('<role>', Role.options.join(', '))
    .option('--json', 'prints one JSON object')
    .action(async (email: string, given: string, { json }: JsonOption) => {
      const role = Role.safeParse(given)
      if (!role.success) throw problem('bad_request', `There is no role "${given}".`, `Use ${Role.options.join(', ')}.`)
      await tell(context, json, await change(context, email, { role: role.data }), `is ${role.data} now`)
    })
}

function addAccess(group: Command, context: CliContext, name: 'disable' | 'enable', description: string): void {
  group
    .command(name)
    .description(description)
    .argument('<email>', 'their address')
    .option('--json', 'prints one JSON object')
    .action(async (email: string, { json }: JsonOption) => {
      const isDisabled = name === 'disable'
      const changed = await change(context, email, { isDisabled })
      await tell(context, json, changed, isDisabled ? 'is signed out and disabled' : 'may sign in again')
    })
}

const change = (context: CliContext, email: string, asked: PersonChange): Promise<PersonSummary> =>
  asOperator(context, async (directory, operator) => {
    const { id } = await directory.find(operator, email)
    return await directory.change(operator, id, asked)
  })

function addRemove(group: Command, context: CliContext): void {
  group
    .command('remove')
    .description('deletes a person with everything that is theirs')
    .argument('<email>', 'their address')
    .option('--yes', 'confirms it: nothing of it can be brought back')
    .option('--json', 'prints one JSON object')
    .action(async (email: string, { yes, json }: JsonOption & { readonly yes?: true }) => {
      const removed = await asOperator(context, async (directory, operator) => {
        const found = await directory.find(operator, email)
        if (yes !== true)
          throw problem(
            'bad_request',
            `This would delete ${found.email ?? ''} with all their conversations, connections and tokens.`,
            'Add --yes if that is meant; floe admin users disable keeps them.',
          )
        await directory.remove(operator, found.id)
        return found
      })
      await tell(context, json, removed, 'is removed with everything that was theirs')
    })
}

const tell = ({ output }: CliContext, json: true | undefined, person: PersonSummary, words: string): Promise<void> =>
  output.write(json ? `${JSON.stringify(person)}\n` : `${escapeControls(person.email ?? '')} ${words}.\n`)
