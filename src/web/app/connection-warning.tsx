import { TriangleAlert } from 'lucide-react'

/** A badge that the connection is less safe than it should be; opened, it says why. */
export const ConnectionWarning = ({ warning }: { readonly warning: string }) => (
  <details className="relative shrink-0">
    <summary className="flex cursor-pointer list-none items-center gap-1 rounded-sm bg-warn-bg px-1.5 py-1 text-xs text-warn">
      <TriangleAlert size={14} aria-hidden />
      Not safely read-only
    </summary>
    <p className="absolute right-0 z-10 mt-1 w-72 max-w-[80vw] rounded-lg border border-line bg-raised p-3 text-sm text-fg">
      {warning}
    </p>
  </details>
)
