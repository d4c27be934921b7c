import type { Catalog, SemanticField, SemanticTable, SemanticView } from './catalog.ts'

/** A metric or fact of a semantic view, with the stored tables it is computed from. */
export interface SemanticMeasure {
  readonly field: SemanticField
  readonly view: SemanticView
  /** The logical table of the field; all tables of the view for a metric over several. */
  readonly tables: readonly SemanticTable[]
}

/** The metrics and facts that a catalog's semantic views define. */
export function semanticMeasures({ semanticViews = [] }: Catalog): readonly SemanticMeasure[] {
  return semanticViews.flatMap((view) =>
    view.fields
      .filter((field) => field.kind !== 'dimension')
      .map((field) => ({ field, view, tables: view.tables.filter(({ name }) => name === (field.table ?? name)) })),
  )
}
