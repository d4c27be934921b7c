import { oc } from '@orpc/contract'
import { z } from 'zod'
import {
  CatalogState,
  ConnectionChange,
  ConnectionReport,
  NewConnection,
  SavedConnection,
  SignInStart,
} from './connection.ts'
import { ok, problems } from './route-parts.ts'
import { ConnectionShare, ShareableConnection, SharedConnection, ShareTerms } from './connection-shares.ts'

const oneConnection = z.object({ connectionId: z.uuid() })

const oneShare = oneConnection.extend({ groupId: z.uuid() })

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
    .input(oneConnection.extend(ConnectionChange.shape))
    .errors(problems)
    .output(SavedConnection),
  remove: oc
    .route({ method: 'DELETE', path: '/connections/{connectionId}' })
    .input(oneConnection)
    .errors(problems)
    .output(ok),
  /** Tries it step by step; takes as long as the account does. */
  test: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/test' })
    .input(oneConnection)
    .errors(problems)
    .output(ConnectionReport),
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
  /** Answers where to sign in and sets the cookie that `/oauth/callback` will ask for. */
  startSignIn: oc
    .route({ method: 'POST', path: '/connections/{connectionId}/sign-in' })
    .input(oneConnection)
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
      .input(oneShare.extend(ShareTerms.shape))
      .errors(problems)
      .output(ConnectionShare),
    remove: oc
      .route({ method: 'DELETE', path: '/connections/{connectionId}/shares/{groupId}' })
      .input(oneShare)
      .errors(problems)
      .output(ok),
  },
}
