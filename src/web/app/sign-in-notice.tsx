import { useMutation } from '@tanstack/react-query'
import type { ConnectionSummary } from '../../contract/api.ts'
import { startSignIn } from '../lib/read-api.ts'
import { RefusedCommand } from '../lib/turn-channel.ts'
import { Button } from '../ui/button.tsx'

/** A thin bar over a connection that nobody is signed in to, with the way to the account's own sign-in page. */
export function SignInNotice({ connection }: { readonly connection: ConnectionSummary | undefined }) {
  const saved = connection?.saved
  const start = useMutation({
    mutationFn: (connectionId: string) => startSignIn(connectionId),
    onSuccess: (url) => location.assign(url),
  })
  if (connection === undefined || saved?.needsSignIn !== true) return null
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-warn-bg px-4 py-1 text-xs text-warn">
      {start.error === null ? (
        <span>Nobody is signed in to {connection.label}.</span>
      ) : (
        <span role="alert">
          {start.error instanceof RefusedCommand
            ? `${start.error.problem.message} ${start.error.problem.action}`
            : 'The sign-in could not be started. Try again in a moment.'}
        </span>
      )}
      <Button size="sm" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate(saved.id)}>
        Sign in
      </Button>
    </div>
  )
}
