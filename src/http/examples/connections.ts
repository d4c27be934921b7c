import { done, ids, morning, noon, type OperationExample } from './things.ts'

const connection = {
  kind: 'snowflake',
  id: ids.connectionId,
  name: 'Sales',
  account: 'myorg-myaccount',
  accessUrl: 'https://myorg-myaccount.snowflakecomputing.com',
  role: 'FLOE_READER',
  warehouse: 'FLOE_WH',
  database: 'SALES',
  schema: 'PUBLIC',
  probing: 'off',
  signIn: { method: 'snowflake_oauth', clientId: 'FLOE' },
  needsSignIn: false,
  warning: null,
  setupSql: null,
  checkedAt: noon,
  secretSavedAt: morning,
  lastUsedAt: noon,
  createdAt: morning,
  updatedAt: noon,
}
const catalog = { state: 'complete', tables: 212, columns: 3_410, readAt: noon }
const terms = {
  role: 'ANALYST',
  maxRows: 10_000,
  askAboveBytes: 10_000_000_000,
  refuseAboveBytes: 100_000_000_000,
  mayExport: true,
  mayAutoRun: false,
  writers: null,
  samplesToModel: false,
}
const connectionShare = { ...terms, groupId: ids.groupId, groupName: 'Analysts', warning: null }

export const connectionExamples: Readonly<Record<string, OperationExample>> = {
  'connections.list': { answer: [connection] },
  'connections.add': {
    body: {
      kind: 'snowflake',
      name: 'Sales',
      account: 'myorg-myaccount',
      role: 'FLOE_READER',
      warehouse: 'FLOE_WH',
      signIn: { method: 'key_pair', user: 'FLOE' },
    },
    answer: {
      ...connection,
      signIn: { method: 'key_pair', user: 'FLOE', publicKey: 'MIIBIjANBgkqhkiG9w0BAQ…', fingerprint: 'SHA256:Lq8…' },
      setupSql: "ALTER USER FLOE SET RSA_PUBLIC_KEY = 'MIIBIjANBgkqhkiG9w0BAQ…'",
      checkedAt: null,
    },
  },
  'connections.read': { answer: connection },
  'connections.update': { body: { warehouse: 'REPORTING_WH' }, answer: { ...connection, warehouse: 'REPORTING_WH' } },
  'connections.remove': done,
  'connections.setAside': done,
  'connections.restore': { answer: connection },
  'connections.places': {
    answer: {
      roles: ['FLOE_READER', 'PUBLIC'],
      warehouses: [{ name: 'FLOE_WH', size: 'X-Small', state: 'SUSPENDED' }],
      databases: ['SALES'],
      notices: [],
    },
  },
  'connections.policy': {
    answer: {
      maxRows: 100_000,
      queryTimeoutSeconds: 120,
      askAboveBytes: 10_000_000_000,
      refuseAboveBytes: 1_000_000_000_000,
      samplesToModel: true,
      functions: [],
      isChanged: true,
    },
  },
  'connections.options': {
    answer: {
      kinds: [
        { kind: 'snowflake', refusal: null },
        { kind: 'folder', refusal: 'Folders are opened only by the person of this machine.' },
      ],
      signIns: [{ method: 'key_pair', refusal: null }],
      redirectUri: 'https://floe.example.com/oauth/callback',
      egress: ['203.0.113.7'],
    },
  },
  'connections.preview': {
    body: { kind: 'snowflake', account: 'https://app.snowflake.com/myorg/myaccount' },
    answer: {
      kind: 'snowflake',
      account: 'myorg-myaccount',
      accessUrl: 'https://myorg-myaccount.snowflakecomputing.com',
    },
  },
  'connections.setupScript': {
    body: { databases: ['SALES'], role: 'FLOE_READER' },
    answer: { sql: 'USE ROLE ACCOUNTADMIN;\n…' },
  },
  'connections.test': {
    answer: {
      steps: [
        { name: 'reach', state: 'ok', detail: 'The account answers.', action: null, sql: null },
        { name: 'sign-in', state: 'ok', detail: 'Signed in as FLOE.', action: null, sql: null },
      ],
      warning: null,
    },
  },
  'connections.catalog': { answer: catalog },
  'connections.refreshCatalog': { answer: catalog },
  'connections.startSignIn': {
    body: { returnTo: 'settings' },
    answer: { url: 'https://myorg-myaccount.snowflakecomputing.com/oauth/authorize?client_id=FLOE&…' },
  },
  'connections.shares.overview': {
    answer: [{ connectionId: ids.connectionId, name: 'Sales', owner: null, shares: [connectionShare] }],
  },
  'connections.shares.list': { answer: [connectionShare] },
  'connections.shares.put': { body: terms, answer: connectionShare },
  'connections.shares.remove': done,
}
