import { askingApi } from './api.ts'
import { budgetsApi } from './budgets-api.ts'
import { catalogApi } from './catalog-api.ts'
import { comparisonApi } from './comparison-api.ts'
import { connectionsApi } from './connections-api.ts'
import { exportsApi } from './exports-api.ts'
import { feedbackApi } from './feedback-api.ts'
import { favoritesApi } from './favorites-api.ts'
import { historyApi } from './history-api.ts'
import { groupsApi } from './groups-api.ts'
import { modelsApi } from './models-api.ts'
import { peopleApi } from './people-api.ts'
import { resultsApi } from './results-api.ts'
import { sharesApi } from './shares-api.ts'

/** The REST interface under `apiPrefix`: the server implements it, the page calls it, the OpenAPI document is made from it. */
export const api = {
  ...askingApi,
  connections: connectionsApi,
  history: historyApi.history,
  conversations: { ...askingApi.conversations, ...historyApi.conversations },
  turns: { ...askingApi.turns, ...historyApi.turns, ...resultsApi.turns, ...comparisonApi.turns },
  ...peopleApi,
  me: { ...askingApi.me, ...peopleApi.me },
  ...groupsApi,
  ...budgetsApi,
  ...modelsApi,
  ...sharesApi,
  ...catalogApi,
  ...feedbackApi,
  ...favoritesApi,
  ...exportsApi,
}
