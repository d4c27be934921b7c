import { securityEvents, type SecurityEvent } from '../../contract/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { Audit } from './audit.ts'

/** So many events of one sort and one person are entries within a minute; further ones are counted. */
const mostAMinute = 20
const minuteMs = 60_000

/** Events that a client can cause in a loop. What admins change is written each time. */
const isRepeatable = (event: SecurityEvent): boolean => event !== 'person.changed'

interface WatchNeeds {
  readonly meter: Meter
  readonly clock: Pick<Clock, 'after'>
  readonly onFault: (error: unknown) => void
}

/**
 * An audit that counts each security event, and that no flood fills: of one sort and one person, or of all who are not signed in, it adds 20
 * entries a minute, and at its end one more that says how often (`times`) it came besides.
 */
export function watchSecurity(audit: Audit, { meter, clock, onFault }: WatchNeeds): Audit {
  const count = meter.counter({
    name: 'floe_security_events_total',
    help: 'Security events, as the audit names them; those that it folds are counted, too.',
    labels: { event: securityEvents },
  })
  const seen = new Map<string, number>()
  return {
    ...audit,
    note: async (actor, action, facts) => {
      const event = securityEvents.find((one) => one === action)
      if (event !== undefined) count({ event })
      if (event === undefined || !isRepeatable(event)) return await audit.note(actor, action, facts)
      const key = `${event} ${actor?.userId ?? ''}`
      const before = seen.get(key) ?? 0
      seen.set(key, before + 1)
      if (before === 0)
        clock.after(minuteMs, () => {
          const times = (seen.get(key) ?? 0) - mostAMinute
          seen.delete(key)
          if (times > 0) audit.note(actor, action, { times }).catch(onFault)
        })
      if (before < mostAMinute) await audit.note(actor, action, facts)
    },
  }
}
