import { sampleConnection } from '../../contract/command.ts'
import { FirstSteps } from '../features/welcome/first-steps.tsx'
import { useAppInfo } from './app-info.ts'
import { useApi, usePageServices, usePreference } from './page-context.ts'

export interface WelcomePartProps {
  /** A question that the chosen connection can answer; null while none is known. */
  readonly starter: string | null
  readonly onAsk: (question: string) => void
}

/** The first steps of somebody who has asked nothing yet. */
export function WelcomePart({ starter, onAsk }: WelcomePartProps) {
  const api = useApi()
  const { preferences } = usePageServices()
  const steps = usePreference((set) => set.welcome)
  const info = useAppInfo()
  if (info.data === undefined) return null
  const hasSample = info.data.connections.some(({ ref }) => ref === sampleConnection)
  return (
    <FirstSteps
      api={api}
      offered={hasSample ? ['sample', 'connection', 'models'] : ['connection', 'models']}
      isWithoutData={info.data.connections.length === 0 && info.data.connectionsProblem === null}
      steps={steps}
      onSteps={(welcome) => preferences.change({ welcome })}
      starter={starter}
      onAsk={onAsk}
      hasModels={info.data.writers.length > 1}
    />
  )
}
