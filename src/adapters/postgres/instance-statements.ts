import type { Statements } from './database.ts'
import { sql } from './drizzle.ts'

/** Who this process is, for other processes of the same store. */
export interface Instance {
  readonly id: string
  /** Names machine and process-id namespace: only within one does a process id mean anything. */
  readonly host: string
  readonly pid: number
}

/** An unfinished turn, with what is known of the instance that runs it. */
export interface OpenTurn {
  readonly ownerId: string
  readonly turnId: string
  readonly lastSeq: number
  /** Whether it is the asking instance that runs it. */
  readonly isOwn: boolean
  /** Null when the instance is not even registered. */
  readonly host: string | null
  readonly pid: number | null
  /** Its last sign of life is too old. */
  readonly silent: boolean
}

const silentAfter = sql.raw("interval '30 seconds'")

/** Registers the instance, or says that it is still there. Time is the database's own. */
export async function beat(statements: Statements, { id, host, pid }: Instance): Promise<void> {
  await statements.execute(sql`
    insert into instances (id, host, pid) values (${id}::uuid, ${host}, ${pid})
    on conflict (id) do update set heartbeat_at = now()`)
}

export async function forget(statements: Statements, id: string): Promise<void> {
  await statements.execute(sql`delete from instances where id = ${id}::uuid`)
}

/** The unfinished turns of all instances; forgets instances that are long gone. Speaks for the operator, not for an owner. */
export async function selectOpenTurns(statements: Statements, ownId: string): Promise<readonly OpenTurn[]> {
  await statements.execute(sql`delete from instances where heartbeat_at < now() - interval '1 day'`)
  const { rows } = await statements.execute<{ [Key in keyof OpenTurn]: OpenTurn[Key] }>(sql`
    select turns.owner_id as "ownerId", turns.id as "turnId", turns.last_seq as "lastSeq",
      turns.instance_id = ${ownId}::uuid as "isOwn", instances.host, instances.pid,
      coalesce(instances.heartbeat_at < now() - ${silentAfter}, true) as silent
    from turns left join instances on instances.id = turns.instance_id
    where turns.state in ('running', 'waiting')
    order by turns.ordinal`)
  return rows
}
