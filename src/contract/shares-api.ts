import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ok, problems } from './route-parts.ts'
import { NewShare, Share, SharedConversation } from './shares.ts'

const oneShare = z.object({ shareId: z.uuid() })

/** Conversations and answers that people let others of their organisation read. `forbidden` on a server without sign-in. */
export const sharesApi = {
  shares: {
    /** The caller's own. */
    list: oc.route({ method: 'GET', path: '/shares' }).errors(problems).output(z.array(Share)),
    make: oc
      .route({ method: 'POST', path: '/shares', successStatus: 201 })
      .input(NewShare)
      .errors(problems)
      .output(Share),
    /** For the owner, and for whom it is shared with. */
    read: oc
      .route({ method: 'GET', path: '/shares/{shareId}' })
      .input(oneShare)
      .errors(problems)
      .output(SharedConversation),
    /** Ends one of the caller's own at once. */
    end: oc.route({ method: 'DELETE', path: '/shares/{shareId}' }).input(oneShare).errors(problems).output(ok),
  },
}
