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

const oneConnection = z.object({ connectionId: z.uuid() })

/** Connections that people save. */
export const connectionsApi = {
  list: oc.route({ method: 'GET', path: '/connections' }).errors(problems).output(z.array(SavedConnection)),
  add: oc
    .route({ method: 'POST', path: '/connections', successStatus: 201 })
    .input(NewConnection)
    .errors(problems)
    .output(SavedConnection),
  read: oc
    .route({ method: 'GET', path: '/connections/{connectionId}' })
    .input(oneConnection)
    .errors(problems)
    .output(SavedConnection),
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
}
