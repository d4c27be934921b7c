import type { Problem } from '../../contract/problem.ts'

/** A thin bar while saved connections cannot be listed; the sample can still be asked. */
export const ConnectionsNotice = ({ problem }: { readonly problem: Problem | null }) =>
  problem === null ? null : (
    <p role="alert" className="shrink-0 bg-warn-bg px-4 py-1 text-center text-xs text-warn">
      Your saved connections are missing: {problem.message} {problem.action}
    </p>
  )
