import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { AuditPage, AuditWords } from './audit.ts'
import {
  AppSummary,
  Invitation,
  MadeToken,
  Me,
  MyChange,
  MyRemoval,
  NewToken,
  PersonChange,
  PersonSummary,
  SessionSummary,
  TokenSummary,
} from './people.ts'
import { ok, problems } from './route-parts.ts'
import { StorageUse } from './storage.ts'

/** The person who asks, people, and what was done. */
export const peopleApi = {
  me: {
    update: oc.route({ method: 'PATCH', path: '/me' }).input(MyChange).errors(problems).output(Me),
    /** Removes the person with everything that is theirs. */
    remove: oc.route({ method: 'DELETE', path: '/me' }).input(MyRemoval).errors(problems).output(ok),
    /** What is stored of the person, and what is removed when. */
    storage: oc.route({ method: 'GET', path: '/me/storage' }).errors(problems).output(StorageUse),
    sessions: oc.route({ method: 'GET', path: '/me/sessions' }).errors(problems).output(z.array(SessionSummary)),
    endSession: oc
      .route({ method: 'DELETE', path: '/me/sessions/{sessionId}' })
      .input(z.object({ sessionId: z.uuid() }))
      .errors(problems)
      .output(ok),
    /** Ends all of them, the one the request comes through included. */
    endSessions: oc.route({ method: 'DELETE', path: '/me/sessions' }).errors(problems).output(ok),
    tokens: oc.route({ method: 'GET', path: '/me/tokens' }).errors(problems).output(z.array(TokenSummary)),
    makeToken: oc
      .route({ method: 'POST', path: '/me/tokens', successStatus: 201 })
      .input(NewToken)
      .errors(problems)
      .output(MadeToken),
    endToken: oc
      .route({ method: 'DELETE', path: '/me/tokens/{tokenId}' })
      .input(z.object({ tokenId: z.uuid() }))
      .errors(problems)
      .output(ok),
    /** Apps that act for the person because they agreed. */
    apps: oc.route({ method: 'GET', path: '/me/apps' }).errors(problems).output(z.array(AppSummary)),
    /** Ends what the app may do, at once. */
    endApp: oc
      .route({ method: 'DELETE', path: '/me/apps/{grantId}' })
      .input(z.object({ grantId: z.string().check(z.regex(/^[\w-]{10,64}$/)) }))
      .errors(problems)
      .output(ok),
  },
  /** For admins. */
  people: {
    list: oc.route({ method: 'GET', path: '/people' }).errors(problems).output(z.array(PersonSummary)),
    invite: oc
      .route({ method: 'POST', path: '/people', successStatus: 201 })
      .input(Invitation)
      .errors(problems)
      .output(PersonSummary),
    change: oc
      .route({ method: 'PATCH', path: '/people/{personId}' })
      .input(z.extend(z.object({ personId: z.uuid() }), PersonChange.shape))
      .errors(problems)
      .output(PersonSummary),
    /** Signs the person out of every browser; tokens and apps go on. */
    endSessions: oc
      .route({ method: 'DELETE', path: '/people/{personId}/sessions' })
      .input(z.object({ personId: z.uuid() }))
      .errors(problems)
      .output(ok),
  },
  /** For admins. */
  audit: oc
    .route({ method: 'GET', path: '/audit' })
    .input(
      z.object({
        q: AuditWords,
        cursor: z.optional(z.string().check(z.regex(/^\d{1,18}$/))),
        limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(200)), 50),
      }),
    )
    .errors(problems)
    .output(AuditPage),
}
