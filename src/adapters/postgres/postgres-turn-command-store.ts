import type { Problem } from '../../contract/problem.ts'
import type { RelayedCommand, TurnCommandStore } from '../../core/ports/turn-command-store.ts'
import type { Database } from './database.ts'

interface CommandStoreNeeds {
  readonly database: Database
  /** The id under which this process runs turns. */
  readonly instanceId: string
}

type Outcome = { readonly problem: Problem | null }

// Late, because loading the query builder costs more than the rest of a short command.
const builder = async () => (await import('./drizzle.ts')).sql

/** Keeps commands between processes in PostgreSQL, beside the turns that they are about. */
export function makePostgresTurnCommandStore({ database, instanceId }: CommandStoreNeeds): TurnCommandStore {
  return {
    leave: async ({ id, ownerId, turnId, command }) => {
      const sql = await builder()
      const { rows } = await database.run((on) =>
        on.execute<{ left: boolean }>(sql`
          with open as (
            select id, owner_id from turns
            where id = ${turnId}::uuid and owner_id = ${ownerId}::uuid and state in ('running', 'waiting')
          ), stored as (
            insert into turn_commands (id, turn_id, owner_id, command)
            select ${id}::uuid, id, owner_id, ${JSON.stringify(command)}::json from open
            on conflict (id) do nothing
          )
          select exists (select from open) as left`),
      )
      return rows[0]?.left ?? false
    },
    readOutcome: async (id) => {
      const sql = await builder()
      const { rows } = await database.run((on) =>
        on.execute<{ outcome: Outcome | null }>(sql`select outcome from turn_commands where id = ${id}::uuid`),
      )
      return rows[0]?.outcome ?? null
    },
    withdraw: async (id) => {
      const sql = await builder()
      const { rows } = await database.run((on) =>
        on.execute(sql`
          update turn_commands set taken_at = now() where id = ${id}::uuid and taken_at is null returning id`),
      )
      return rows.length > 0
    },
    take: async () => {
      const sql = await builder()
      const { rows } = await database.run((on) =>
        on.execute<{ id: string; ownerId: string; turnId: string; command: RelayedCommand }>(sql`
          update turn_commands set taken_at = now() from turns
          where turn_commands.turn_id = turns.id and turns.instance_id = ${instanceId}::uuid
            and turns.state in ('running', 'waiting') and turn_commands.taken_at is null
          returning turn_commands.id, turn_commands.owner_id as "ownerId", turn_commands.turn_id as "turnId",
            turn_commands.command`),
      )
      return rows
    },
    settle: async (id, problem) => {
      const sql = await builder()
      const outcome: Outcome = { problem }
      await database.run((on) =>
        on.execute(sql`
          with settled as (
            update turn_commands set outcome = ${JSON.stringify(outcome)}::json where id = ${id}::uuid returning turn_id
          )
          delete from turn_commands using settled
          where turn_commands.turn_id = settled.turn_id and turn_commands.created_at < now() - interval '10 minutes'`),
      )
    },
  }
}
