import type { CatalogColumn, CatalogTable, ForeignKey } from './catalog.ts'
