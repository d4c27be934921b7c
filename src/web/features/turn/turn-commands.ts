/** What a person can do with a turn. Each rejects with `RefusedCommand`. */
export interface TurnCommands {
  approve(digest: string): Promise<void>
  edit(sql: string): Promise<void>
  cancel(): Promise<void>
}
