import type { Role } from '../../contract/people.ts'
import { choiceWords } from '../words/pages.ts'

/** What each role is called and what somebody with it may do, the one with the fewest rights first. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = choiceWords.roles

/** The roles to choose from, with their names. */
export const roleOptions: readonly (readonly [Role, string])[] = [
  ['viewer', roleWords.viewer.name],
  ['member', roleWords.member.name],
  ['admin', roleWords.admin.name],
]
