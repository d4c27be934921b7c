import { useMutation } from '@tanstack/react-query'
import { startSignIn } from '../lib/read-api.ts'
import { RefusedCommand } from '../lib/turn-channel.ts'
import { Button } from '../ui/button.tsx'

/** Takes the person to the account's own sign-in page; from there they come back by themselves. */
export function SignInButton({ connectionId }: { readonly connectionId: string }) {
  const start = useMutation({
    mutationFn: () => startSignIn(connectionId),
    onSuccess: (url) => location.assign(url),
  })
  return (
    <>
      {start.error !== null && (
        <span role="alert" className="max-w-72 text-xs text-warn">
          {start.error instanceof RefusedCommand
            ? `${start.error.problem.message} ${start.error.problem.action}`
            : 'The sign-in could not be started. Try again in a moment.'}
        </span>
      )}
      <Button size="sm" look="primary" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate()}>
        Sign in
      </Button>
    </>
  )
}
