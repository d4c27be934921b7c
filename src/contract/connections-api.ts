import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod/mini'
import {
  CatalogState,
  ConnectionChange,
  ConnectionReport,
  NewConnection,
  SavedConnection,
  SignInStart,
} from './connection.ts'
import {
  ConnectionOptions,
  ConnectionPlaces,
  ConnectionPolicyView,
  ConnectionPreview,
  PreviewRequest,
  SetupRequest,
  SetupScript,
  TestEvent,
} from './connection-setup.ts'
import { ok, problems } from './route-parts.ts'
import { ConnectionShare, ShareableConnection, SharedConnection, ShareTerms } from './connection-shares.ts'

const oneConnection = z.object({ connectionId: z.uuid() })

const oneShare = z.extend(oneConnection, { groupId: z.uuid() })

/** Connections that people save, and what their groups may use. */
export const connectionsApi = {
  /** The person's own ones, then those shared with their groups. */
  list: oc
    .route({ method: 'GET', path: '/connections' })
    .errors(problems)
    .output(z.array(z.union([SavedConnection, SharedConnection]))),
  add: oc
    .route({ method: 'POST', path: '/connections', successStatus: 201 })
    .input(NewConnection)
    .errors(problems)
    .output(SavedConnection),
  read: oc
    .route({ method: 'GET', path: '/connections/{connectionId}' })
    .input(oneConnection)
    .errors(problems)
    .output(z.union([SavedConnection, SharedConnection])),
  update: oc
    .route({ method: 'PATCH', path: '/connections/{connectionId}' })
    .input(z.extend(oneConnection, ConnectionChange.shape))
    .errors(problems)
    .output(SavedConnection),
  remove: oc
    .route({ method: 'DELETE', path: '/connections/{connectionId}' })
    .input(oneConnection)
    .errors(problems)
    .output(ok),
  /** Takes it away like `remove`, with ten minutes to bring it back by `restore`. */
  setAside: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/set-aside' })
    .input(oneConnection)
    .errors(problems)
    .output(ok),
  restore: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/restore' })
    .input(oneConnection)
    .errors(problems)
    .output(SavedConnection),
  /** Tries it step by step; takes as long as the account does. */
  test: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/test' })
    .input(oneConnection)
    .errors(problems)
    .output(ConnectionReport),
  /** The same, each step told as soon as it is over. Leaving stops it. */
  testSteps: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/test/steps' })
    .input(oneConnection)
    .errors(problems)
    .output(eventIterator(TestEvent)),
  /** Roles, warehouses and databases that its sign-in has. */
  places: oc
    .route({ method: 'GET', path: '/connections/{connectionId}/places' })
    .input(oneConnection)
    .errors(problems)
    .output(ConnectionPlaces),
  policy: oc
    .route({ method: 'GET', path: '/connections/{connectionId}/policy' })
    .input(oneConnection)
    .errors(problems)
    .output(ConnectionPolicyView),
  options: oc.route({ method: 'GET', path: '/connection-options' }).errors(problems).output(ConnectionOptions),
  /** What an account or a folder is understood as, before anything is saved. */
  preview: oc
    .route({ method: 'POST', path: '/connection-preview' })
    .input(PreviewRequest)
    .errors(problems)
    .output(ConnectionPreview),
  /** The SQL that an administrator of an account runs once, so that Floe can read and do nothing else. */
  setupScript: oc
    .route({ method: 'POST', path: '/connection-setup-script' })
    .input(SetupRequest)
    .errors(problems)
    .output(SetupScript),
  catalog: oc
    .route({ method: 'GET', path: '/connections/{connectionId}/catalog' })
    .input(oneConnection)
    .errors(problems)
    .output(CatalogState),
  /** Compares the catalog with the account and reads what has changed. */
  refreshCatalog: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/catalog/refresh' })
    .input(oneConnection)
    .errors(problems)
    .output(CatalogState),
  /**
   * Answers where to sign in and sets the cookie that `/oauth/callback` will ask for. From there the person comes back to the question, or to
   * the connection's settings.
   */
  startSignIn: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/sign-in' })
    .input(z.extend(oneConnection, { returnTo: z._default(z.enum(['question', 'settings']), 'question') }))
    .errors(problems)
    .output(SignInStart),
  shares: {
    /** Every connection that the person may share, with its shares. */
    overview: oc
      .route({ method: 'GET', path: '/connection-shares' })
      .errors(problems)
      .output(z.array(ShareableConnection)),
    list: oc
      .route({ method: 'GET', path: '/connections/{connectionId}/shares' })
      .input(oneConnection)
      .errors(problems)
      .output(z.array(ConnectionShare)),
    put: oc
      .route({ method: 'PUT', path: '/connections/{connectionId}/shares/{groupId}' })
      .input(z.extend(oneShare, ShareTerms.shape))
      .errors(problems)
      .output(ConnectionShare),
    remove: oc
      .route({ method: 'DELETE', path: '/connections/{connectionId}/shares/{groupId}' })
      .input(oneShare)
      .errors(problems)
      .output(ok),
  },
}
