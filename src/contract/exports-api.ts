import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ExportJob, ExportOrder } from './result-export.ts'
import { ok, problems } from './route-parts.ts'

const oneExport = z.object({ exportId: z.uuid() })

/**
 * Results as files that are made beside the page and fetched when they are done, from `downloadPaths.exportFile`, in parts where that is
 * wanted. The copy of the server that makes a file is the only one that knows of it; any other answers `not_found`.
 */
export const exportsApi = {
  exports: {
    start: oc
      .route({ method: 'POST', path: '/turns/{turnId}/exports', successStatus: 201 })
      .input(z.extend(ExportOrder, { turnId: z.uuid() }))
      .errors(problems)
      .output(ExportJob),
    read: oc.route({ method: 'GET', path: '/exports/{exportId}' }).input(oneExport).errors(problems).output(ExportJob),
    /** Stops the making, the engine included, and removes what was made. */
    remove: oc.route({ method: 'DELETE', path: '/exports/{exportId}' }).input(oneExport).errors(problems).output(ok),
  },
}
