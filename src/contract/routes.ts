import { askingApi } from './api.ts'
import { budgetsApi } from './budgets-api.ts'
import { connectionsApi } from './connections-api.ts'
import { conversationsApi } from './conversations-api.ts'
import { groupsApi } from './groups-api.ts'
import { peopleApi } from './people-api.ts'
import { sharesApi } from './shares-api.ts'

/** The REST interface under `apiPrefix`: the server implements it, the page calls it, the OpenAPI document is made from it. */
export const api = {
  ...askingApi,
  connections: connectionsApi,
  conversations: { ...askingApi.conversations, ...conversationsApi.conversations },
  ...peopleApi,
  me: { ...askingApi.me, ...peopleApi.me },
  ...groupsApi,
  ...budgetsApi,
  ...sharesApi,
}
