import type { Command } from 'commander'
import { NewGroup, type Group } from '../../contract/groups.ts'
import type { Caller } from '../../core/caller.ts'
import type { Groups } from '../../core/people/groups.ts'
import type { People } from '../../core/people/people.ts'
import { problem } from '../../core/problem.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { escapeControls } from '../format/terminal-text.ts'

interface JsonOption {
  readonly json?: true
}

/** `floe admin groups`: groups of people, by name. */
export function addGroups(admin: Command, context: CliContext): void {
  const group = admin.command('groups').description('lists, makes, fills and removes groups of people')
  addList(group, context)
  addAdd(group, context)
  addRemove(group, context)
  addMembership(group, context, 'join', 'puts a person into a group')
  addMembership(group, context, 'leave', 'takes a person out of a group')
}

interface Directory {
  readonly groups: Groups
  readonly people: People
  readonly operator: Caller
}

const asOperator = <T>({ needs }: CliContext, work: (directory: Directory) => Promise<T>): Promise<T> =>
  withServices(needs, ({ people }) =>
    work({ groups: people.groups, people: people.directory, operator: needs.operator }),
  )

/** Upper and lower case are the same name. */
async function find({ groups, operator }: Directory, name: string): Promise<Group> {
  const found = (await groups.list(operator)).find((group) => group.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  throw problem('not_found', `There is no group "${name}".`, 'See floe admin groups list.')
}

function addList(group: Command, context: CliContext): void {
  group
    .command('list')
    .description('lists them with their people')
    .option('--json', 'prints one JSON object a line')
    .action(async ({ json }: JsonOption) => {
      const all = await asOperator(context, ({ groups, operator }) => groups.list(operator))
      for (const one of all) await context.output.write(json ? `${JSON.stringify(one)}\n` : describeGroup(one))
    })
}

function describeGroup({ name, members }: Group): string {
  const people = members.map(({ email, source }) => `${email ?? ''}${source === 'claim' ? ' (by the issuer)' : ''}`)
  return `${escapeControls(name)}: ${people.length === 0 ? 'nobody' : escapeControls(people.join(', '))}\n`
}

function addAdd(group: Command, context: CliContext): void {
  group
    .command('add')
    .description('makes a group')
    .argument('<name>', 'what to call it; a claim of the issuer finds it by this name')
    .option('--json', 'prints one JSON object')
    .action(async (given: string, { json }: JsonOption) => {
      const parsed = NewGroup.safeParse({ name: given })
      if (!parsed.success)
        throw problem('bad_request', 'That is no name of a group.', 'Use one line of at most 100 characters.')
      const made = await asOperator(context, ({ groups, operator }) => groups.make(operator, parsed.data.name))
      await tell(context, json, made, `Made the group "${made.name}".`)
    })
}

function addRemove(group: Command, context: CliContext): void {
  group
    .command('remove')
    .description('removes a group; its people stay')
    .argument('<name>', 'its name')
    .option('--yes', 'confirms it: what is shared with the group is shared no longer')
    .option('--json', 'prints one JSON object')
    .action(async (name: string, { yes, json }: JsonOption & { readonly yes?: true }) => {
      const removed = await asOperator(context, async (directory) => {
        const found = await find(directory, name)
        if (yes !== true)
          throw problem(
            'bad_request',
            `This would end what is shared with "${found.name}" (${found.members.length} people).`,
            'Add --yes if that is meant.',
          )
        await directory.groups.remove(directory.operator, found.id)
        return found
      })
      await tell(context, json, removed, `Removed the group "${removed.name}".`)
    })
}

function addMembership(group: Command, context: CliContext, name: 'join' | 'leave', description: string): void {
  group
    .command(name)
    .description(description)
    .argument('<group>', 'the name of the group')
    .argument('<email>', 'the address of the person')
    .option('--json', 'prints one JSON object')
    .action(async (groupName: string, email: string, { json }: JsonOption) => {
      const changed = await asOperator(context, async (directory) => {
        const { groups, people, operator } = directory
        const found = await find(directory, groupName)
        const { id } = await people.find(operator, email)
        return name === 'join'
          ? await groups.addMember(operator, found.id, id)
          : await groups.removeMember(operator, found.id, id)
      })
      const words = name === 'join' ? `is in "${changed.name}" now.` : `is not in "${changed.name}" any more.`
      await tell(context, json, changed, `${email} ${words}`)
    })
}

const tell = ({ output }: CliContext, json: true | undefined, group: Group, words: string): Promise<void> =>
  output.write(json ? `${JSON.stringify(group)}\n` : `${escapeControls(words)}\n`)
