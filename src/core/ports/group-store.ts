import type { Group, GroupName } from '../../contract/groups.ts'

/** Groups and who is in them. Names are unique without regard to upper and lower case. Throws `store_unavailable`. */
export interface GroupStore {
  /** By name. */
  list(): Promise<readonly Group[]>
  /** Those that a person is in, by name. */
  listOf(personId: string): Promise<readonly GroupName[]>
  read(id: string): Promise<Group | null>
  insert(id: string, name: string): Promise<'created' | 'name_taken'>
  rename(id: string, name: string): Promise<'renamed' | 'unknown' | 'name_taken'>
  /** Whether there was one. */
  remove(id: string): Promise<boolean>
  /** Puts a person into a group by hand, also one whom a claim has put there; false where there is no such group or person. */
  addMember(id: string, personId: string): Promise<boolean>
  /** Takes a person out, whatever put them there; false where they were not in it. */
  removeMember(id: string, personId: string): Promise<boolean>
}
