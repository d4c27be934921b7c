import { ModelProvider } from '../../contract/models.ts'
import type { InstallationWriters, Writers } from '../ports/writers.ts'
import { problem, ProblemError } from '../problem.ts'
import type { HeldModels } from './own-models.ts'

/** Makes the writers of each person: their own keys beside what the operator has set up, and before it for the models of the same provider. */
export function makePersonalWriters({
  installation,
  models,
  onFault,
}: {
  readonly installation: InstallationWriters
  readonly models: Pick<HeldModels, 'list' | 'find'>
  readonly onFault: (error: unknown) => void
}): Writers {
  const listOwn: HeldModels['list'] = async (caller) => {
    try {
      return await models.list(caller)
    } catch (error) {
      // What needs no store is offered all the same.
      if (!(error instanceof ProblemError)) onFault(error)
      return []
    }
  }
  return {
    defaultId: installation.defaultId,
    list: async (caller) => {
      const usable = (await listOwn(caller)).filter(({ refusal }) => refusal === null)
      const own = usable.map(({ writer, label }) => ({ id: writer, label }))
      const others = installation.list().filter(({ id }) => !own.some((each) => each.id === id))
      const isDefault = own.filter(({ id }) => id === installation.defaultId)
      return [...isDefault, ...others, ...own.filter((each) => !isDefault.includes(each))]
    },
    pick: async (caller, id) => {
      const [, provider = '', model = ''] = /^([^:]*):(.+)$/s.exec(id ?? installation.defaultId) ?? []
      const known = ModelProvider.safeParse(provider)
      if (!known.success) return installation.pick(id)
      const own = await models.find(caller, known.data)
      if (own === null) return installation.pick(id)
      if (own.refusal === null) return own.makeWriter(model)
      if (installation.list().some((each) => each.id.startsWith(`${provider}:`))) return installation.pick(id)
      throw problem('forbidden', own.refusal, 'Choose another model, or ask the operator.')
    },
  }
}
