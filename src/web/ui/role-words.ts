import type { Role } from '../../contract/people.ts'

/** What each role is called and what somebody with it may do, the one with the fewest rights first. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  viewer: { name: 'Viewer', may: 'sees what is their own, and asks no questions' },
  member: { name: 'Member', may: 'asks questions and keeps connections' },
  admin: { name: 'Admin', may: 'asks questions, keeps connections, manages people and reads the audit' },
}

/** The roles to choose from, with their names. */
export const roleOptions: readonly (readonly [Role, string])[] = [
  ['viewer', roleWords.viewer.name],
  ['member', roleWords.member.name],
  ['admin', roleWords.admin.name],
]
