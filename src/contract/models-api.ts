import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ModelKeyReport, ModelProvider, ModelSettingsChange, ModelsState, NewModelKey, OwnModelKey } from './models.ts'
import { ok, problems } from './route-parts.ts'

const named = z.object({ provider: ModelProvider })

/** A person's own keys for models, and what they set about them. No answer holds a key. */
export const modelsApi = {
  models: {
    read: oc.route({ method: 'GET', path: '/models' }).errors(problems).output(ModelsState),
    /** Tests a key at its provider and stores it, or chooses a model for the stored one. */
    put: oc.route({ method: 'PUT', path: '/models' }).input(NewModelKey).errors(problems).output(OwnModelKey),
    /** Sets the given fields. */
    change: oc
      .route({ method: 'PATCH', path: '/models' })
      .input(ModelSettingsChange)
      .errors(problems)
      .output(ModelsState),
    test: oc.route({ method: 'POST', path: '/models/test' }).input(NewModelKey).errors(problems).output(ModelKeyReport),
    remove: oc.route({ method: 'DELETE', path: '/models/{provider}' }).input(named).errors(problems).output(ok),
    /** Brings back a key that was removed less than a minute ago. */
    restore: oc
      .route({ method: 'POST', path: '/models/{provider}/restore' })
      .input(named)
      .errors(problems)
      .output(OwnModelKey),
  },
}
