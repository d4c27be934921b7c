import { makePostgresHistoryStore } from '../adapters/postgres/postgres-history-store.ts'
import { makePostgresRetentionStore } from '../adapters/postgres/postgres-retention-store.ts'
import type { Config } from '../config.ts'
import type { Audit } from '../core/people/audit.ts'
import { makeRetention, type Retention } from '../core/retention/retention.ts'
import type { Foundation } from './foundation.ts'

/** What is kept and for how long, as the configuration has it. */
export const composeRetention = (
  config: Pick<Config, 'KEEP_MEGABYTES_PER_PERSON' | 'KEEP_CONVERSATIONS_DAYS' | 'KEEP_AUDIT_DAYS'>,
  { database, clock, onFault }: Foundation,
  audit: Audit,
  purge: () => Promise<void>,
): Retention =>
  makeRetention({
    store: makePostgresRetentionStore({ database }),
    history: makePostgresHistoryStore({ database }),
    audit,
    clock,
    policy: {
      bytesPerPerson: config.KEEP_MEGABYTES_PER_PERSON === 0 ? null : config.KEEP_MEGABYTES_PER_PERSON * 1_000_000,
      conversationDays: config.KEEP_CONVERSATIONS_DAYS ?? null,
      auditDays: config.KEEP_AUDIT_DAYS ?? null,
    },
    purge,
    onFault,
  })
