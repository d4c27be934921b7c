import type {
  CatalogState,
  ConnectionChange,
  ConnectionReport,
  DoctorStep,
  NewConnection,
  PresentedSettings,
} from '../../contract/connection.ts'
import type { ConnectionPlaces, ConnectionPreview, PreviewRequest } from '../../contract/connection-setup.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { Right } from '../caller.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogScope } from './catalog-store.ts'
import type { ConnectionRow, StoredSettings } from './connection-store.ts'
import type { CatalogLook } from './connections.ts'
import type { Probing } from '../connections/connection-policy.ts'
import type { Exporter } from './exporter.ts'
import type { Warehouse } from './warehouse.ts'

/** What a sign-in needs kept secret; it is sealed before it is stored. */
export interface PreparedSecret {
  /** Null where there is nothing secret. */
  readonly secret: string | null
  /** A person has to sign in with their browser first. */
  readonly needsSignIn: boolean
}

/** Settings that passed the kind's checks. */
export interface PreparedSettings extends PreparedSecret {
  readonly settings: StoredSettings
}

/** Settings after a change. */
export interface ChangedSettings {
  readonly settings: StoredSettings
  /** Null keeps the stored secret. */
  readonly secret: PreparedSecret | null
}

/** Hears a phrase about how far reading a catalog has come. */
export type OnProgress = (fact: string) => void

/** Hears each step of a test once it is over. */
export type OnStep = (step: DoctorStep) => void

/** A connection's catalog, kept by the kind for everyone who signs in with the same view. */
export interface CatalogReader {
  /** The catalog now; while the first reading goes on, what is there after a while, with `unread` naming what is missing. */
  catalog(signal: AbortSignal, onProgress?: OnProgress): Promise<Catalog>
  /** Lists the schemas of these tables anew, and reads the tables' columns anew. A source that cannot be asked is told in the answer. */
  lookAgain(tables: readonly TableName[], signal: AbortSignal): Promise<CatalogLook>
  /** How far it is known; the source is not asked. */
  state(): Promise<CatalogState>
  /** Compares with the source now and resolves once that is done. */
  refresh(signal: AbortSignal, onProgress?: OnProgress): Promise<CatalogState>
  close(): Promise<void>
}

/**
 * One saved connection in use: its sessions with the source. Nobody signs in before the first call. All methods throw what `Warehouse`
 * throws, and `connection_broken` and `sign_in_needed`.
 */
export interface SourceSession {
  /** What the owner of the connection lets Floe ask of the data beside a turn's own query. */
  readonly probing: Probing
  /** Signs in and tells which source it is and whose view of it the session has. */
  proveScope(signal: AbortSignal): Promise<CatalogScope>
  /** The catalog as `scope` sees it. Every statement first awaits `confirm`, which rejects once the sessions have another scope. */
  openCatalog(scope: CatalogScope, confirm: (signal: AbortSignal) => Promise<void>): CatalogReader
  /** Where queries run, described by the given catalog. */
  warehouse(readCatalog: (signal: AbortSignal) => Promise<Catalog>): Required<Warehouse>
  /** Writes whole results as files; left out where the source cannot. */
  readonly exporter?: Exporter
  /** Tries everything step by step; a step that fails is a finding, no error. */
  diagnose(signal: AbortSignal, onStep?: OnStep): Promise<ConnectionReport>
  /** What the sign-in may choose from; a list that cannot be read is told in its notices. */
  places(signal: AbortSignal): Promise<ConnectionPlaces>
  /** Looks at a session that was just opened: a sentence for the connection's badge, or null. */
  checkSession(signal: AbortSignal): Promise<string | null>
  close(): Promise<void>
}

/** One value that the command line takes for a connection. */
export interface CommandLineField {
  /** The field of the kind's entered settings, or of its sign-in, that it fills. */
  readonly field: string
  /** As Commander writes it, for example `--client-id <id>`. */
  readonly option: string
  readonly description: string
  readonly choices?: readonly string[]
  /** What a person at a terminal is asked where the option is left out; without it nobody is asked. */
  readonly question?: string
  /** The option names a file that holds a secret; `optional` may be left out. */
  readonly secret?: 'required' | 'optional'
  /** A flag that stands for leaving the value out on purpose. */
  readonly instead?: { readonly option: string; readonly description: string }
  /** Asked for after the sign-in is known. */
  readonly afterSignIn?: true
  /** A line break at the end of the secret's file is no part of it. */
  readonly isOneLine?: true
  /** Whether the value is needed beside those read before it; always, unless given. */
  readonly isNeeded?: (given: Readonly<Record<string, unknown>>) => boolean
}

/** What the command line takes for connections of a kind. */
export interface KindCommandLine {
  readonly settings: readonly CommandLineField[]
  /** The ways to sign in, by the name that `--method` takes. */
  readonly methods: Readonly<Record<string, { readonly method: string; readonly fields: readonly CommandLineField[] }>>
  /** Options of the script that an administrator runs once. */
  readonly setup: readonly {
    readonly name: string
    readonly option: string
    readonly description: string
    /** May be given more than once. */
    readonly repeats?: boolean
    readonly defaultValue?: string
  }[]
}

/** The name of a kind. */
export type KindName = PresentedSettings['kind']
type Of<Union, Name extends KindName> = Extract<Union, { readonly kind: Name }>

/** A kind of connection that people save: everything that is particular to one sort of warehouse. */
export interface ConnectionKind<Name extends KindName = KindName> {
  readonly kind: Name
  /** A right that saving and using such a connection takes besides; left out for none. */
  readonly right?: Right
  /** Why this server has no such connections, whoever asks; left out where it has. */
  readonly refusal?: string
  /** Every way to sign in, with the reason why this installation does not offer it; null where it does. */
  readonly signIns: readonly { readonly method: string; readonly refusal: string | null }[]
  /** What was typed so far is understood as. Throws `bad_request`. */
  preview(given: Of<PreviewRequest, Name>): Promise<Of<ConnectionPreview, Name>>
  readonly commandLine: KindCommandLine
  /** The SQL that lets Floe read a source and do nothing else, from the options of `commandLine.setup`. Throws `bad_request`. */
  setupScript(given: Readonly<Record<string, string | readonly string[]>>): string
  /** Checks what was entered. Throws `bad_request`. */
  readNew(given: Of<NewConnection, Name>): Promise<PreparedSettings>
  /** Checks a change; `openSecret` gives the stored secret. Throws `bad_request`. */
  readChange(
    before: StoredSettings,
    change: ConnectionChange,
    openSecret: () => Promise<string | null>,
  ): Promise<ChangedSettings>
  /** The settings as their owner sees them: a list of fields. Throws `connection_broken` where the stored settings cannot be read. */
  present(settings: StoredSettings): Of<PresentedSettings, Name>
  /** Where a connection leads and how it signs in, in a few words each, for lists. */
  summarize(settings: Of<PresentedSettings, Name>): readonly string[]
  /** The engine behind a connection, in words. */
  describe(settings: StoredSettings): string
  /** The settings that a sign-in and its grant depend on: while it is the same text, both still hold. */
  signInKey(settings: StoredSettings): string
  /** What an administrator has to run once for this sign-in; null where there is nothing. */
  setupSql(settings: StoredSettings): string | null
  /**
   * Where a person signs in with their browser; `ticket` is secret and has to come back with the answer.
   * Throws `bad_request` for a sign-in without a browser, `warehouse_unreachable`.
   */
  beginSignIn(
    settings: StoredSettings,
    secret: string | null,
    redirectUri: string,
  ): Promise<{ readonly url: string; readonly ticket: string }>
  /**
   * Turns the answer that came back into the secret to seal. `query` is the callback's, with its question mark.
   * Throws `sign_in_needed`, `warehouse_unreachable`.
   */
  finishSignIn(settings: StoredSettings, secret: string | null, ticket: string, query: string): Promise<string>
  /** Throws `bad_request` where the sign-in cannot take another role than the one of the settings. */
  expectRole(settings: StoredSettings, role: string): void
  /**
   * Prepares a saved connection for use. With a role, that one is taken instead of the settings', and proving the scope fails unless the
   * source gives exactly this role. Throws `connection_broken` where the settings lead elsewhere than they may, and what `expectRole` throws.
   */
  open(row: ConnectionRow, role?: string): SourceSession
  /** What is stored of a scope's catalog; the source is not asked. */
  catalogState(scope: CatalogScope): Promise<CatalogState>
  close(): Promise<void>
}
