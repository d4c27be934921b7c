import type { AnswerTurn } from './ask/answer-turn.ts'
import type { ConversationNews } from './ask/conversation-news.ts'
import type { History } from './ask/history.ts'
import type { Starters } from './ask/starters.ts'
import type { Turns } from './ask/turns.ts'
import type { Comparisons } from './comparison/comparisons.ts'
import type { ReadAppInfo } from './connections/app-info.ts'
import type { ConnectionSetup } from './connections/connection-setup.ts'
import type { ConnectionShares } from './connections/connection-shares.ts'
import type { Conversations } from './history/conversations.ts'
import type { Diagnose } from './connections/diagnose.ts'
import type { SecretRotation } from './connections/rotate-secrets.ts'
import type { SavedConnections } from './connections/saved-connections.ts'
import type { Evaluate } from './evaluate/run-evaluation.ts'
import type { CatalogExplorer } from './explore/explore-catalog.ts'
import type { ExplainSql } from './explain/explain-sql.ts'
import type { Favorites } from './favorites/favorites.ts'
import type { VerifiedList } from './favorites/verified-queries.ts'
import type { CheckSql } from './guard/check-sql.ts'
import type { OwnModels } from './models/own-models.ts'
import type { AccessTokens } from './people/access-tokens.ts'
import type { Audit } from './people/audit.ts'
import type { ConnectedApps } from './people/connected-apps.ts'
import type { ExportPerson } from './people/export-person.ts'
import type { Budgets } from './people/budgets.ts'
import type { Feedback } from './people/feedback.ts'
import type { Groups } from './people/groups.ts'
import type { People } from './people/people.ts'
import type { PersonalPreferences } from './people/preferences.ts'
import type { Shares } from './people/shares.ts'
import type { Sessions } from './people/sessions.ts'
import type { SignIn } from './people/sign-in.ts'
import type { StoreUpkeep } from './ports/store-upkeep.ts'
import type { ResultExports } from './results/exports.ts'
import type { ResultRows } from './results/result-rows.ts'
import type { Retention } from './retention/retention.ts'

/** A dependency's state, as `/readyz` and `floe doctor` show it. */
export interface Health {
  readonly name: string
  /** `degraded`: Floe does without it for now. */
  readonly state: 'ok' | 'starting' | 'degraded' | 'failed'
  /** What was seen, one sentence. */
  readonly detail: string
  /** What to do when it is not ok; null when it is. */
  readonly action: string | null
}

/** Every use case that a transport may call. `compose` makes them; nothing in them starts before it is first needed. */
export interface Services {
  readonly turns: Turns
  readonly answer: AnswerTurn
  readonly history: History
  readonly conversationNews: ConversationNews
  readonly conversations: Conversations
  readonly comparisons: Comparisons
  readonly check: CheckSql
  readonly explain: ExplainSql
  readonly evaluate: Evaluate
  readonly appInfo: ReadAppInfo
  readonly starters: Starters
  readonly favorites: Favorites
  readonly verified: VerifiedList
  readonly results: ResultRows
  readonly connections: SavedConnections
  readonly catalog: CatalogExplorer
  readonly connectionSetup: ConnectionSetup
  /** For the command line of the machine alone, which holds the keys. */
  readonly secrets: SecretRotation
  readonly connectionShares: ConnectionShares
  readonly diagnose: Diagnose
  readonly retention: Pick<Retention, 'readUse'>
  /** For the command line of the machine alone. */
  readonly upkeep: StoreUpkeep
  readonly exportPerson: ExportPerson
  readonly exports: ResultExports
  readonly people: {
    /** Null on a server without sign-in. */
    readonly signIn: SignIn | null
    readonly sessions: Sessions
    readonly tokens: AccessTokens
    readonly apps: ConnectedApps
    readonly directory: People
    readonly groups: Groups
    readonly budgets: Budgets
    readonly models: OwnModels
    readonly shares: Shares
    readonly feedback: Feedback
    readonly audit: Audit
    readonly preferences: PersonalPreferences
  }
  /** The state of each dependency, asked now. */
  health(): Promise<readonly Health[]>
  /** Cancels what runs, stores what is left, closes every dependency. */
  close(): Promise<void>
}
