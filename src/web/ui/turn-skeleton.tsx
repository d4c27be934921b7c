/** The shape of an answer that is on its way from the server; seen only when that takes long enough to be noticed. */
export function TurnSkeleton() {
  return (
    <div aria-hidden className="flex animate-appear-late flex-col gap-4">
      <div className="h-4 w-40 rounded-sm bg-raised" />
      <div className="h-5 w-4/5 rounded-sm bg-raised" />
      <div className="h-90 rounded-xl border border-line bg-surface" />
    </div>
  )
}
