import type { Proposal } from '../../lib/turn-view.ts'

export interface ReadingProps {
  readonly proposal: Proposal
  /** What is said elsewhere already. */
  readonly told: readonly (string | null)[]
}

/** How the question was read and what was taken for granted, so that a wrong answer can be seen for what it is. */
export function Reading({ proposal, told }: ReadingProps) {
  const { assumptions } = proposal
  const untold = (text: string | null): string | null => (told.includes(text) ? null : text)
  const interpretation = untold(proposal.interpretation)
  const explanation = untold(proposal.explanation)
  if (interpretation === null && explanation === null && assumptions.length === 0) return null
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {interpretation !== null && <Fact term="Read as">{interpretation}</Fact>}
      {explanation !== null && <Fact term="The query">{explanation}</Fact>}
      {assumptions.length > 0 && (
        <Fact term="Assumed">
          <ul className="flex flex-col gap-0.5">
            {assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt className="w-18 shrink-0 text-fg-3">{term}</dt>
      <dd className="min-w-0 break-words text-fg-2">{children}</dd>
    </div>
  )
}
