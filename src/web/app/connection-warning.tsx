import { TriangleAlert } from 'lucide-react'

/** A badge that the connection is less safe than it should be; opened, it says why. */
export const ConnectionWarning = ({ warning }: { readonly warning: string }) => (
  <details className="shrink-0 sm:relative">
    <summary className="flex cursor-pointer list-none items-center gap-1 rounded-sm bg-warn-bg px-1.5 py-1 text-xs text-warn pointer-coarse:min-h-8">
      <TriangleAlert size={14} aria-hidden />
      <span className="max-sm:sr-only">Not safely read-only</span>
    </summary>
    <p className="absolute z-10 mt-1 w-72 max-sm:inset-x-3 max-sm:w-auto sm:right-0 rounded-lg border border-line bg-raised p-3 text-sm text-fg">
      {warning}
    </p>
  </details>
)
