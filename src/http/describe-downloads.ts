import type { OpenAPI } from '@orpc/openapi'
import { downloadPaths } from '../contract/api.ts'
import { AuditFormat } from '../contract/audit.ts'
import { ExportView } from '../contract/result-export.ts'
import { CsvSeparator, DecimalMark, ResultFormat, resultMediaTypes } from '../contract/result-file.ts'

/** A schema of the document by its name. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
/** How every route answers what it cannot do. */
export const problemAnswer = {
  description: 'What went wrong, what to do and whose turn it is.',
  content: { 'application/problem+json': { schema: ref('Problem') } },
}

/** Names a turn in a path. */
export const turnIdParameter = {
  name: 'turnId',
  in: 'path',
  required: true,
  schema: { type: 'string', format: 'uuid' },
} as const
const file = { schema: { type: 'string' } } as const

const binary = { schema: { type: 'string', format: 'binary' } } as const
const resultFile = Object.fromEntries(
  Object.values(resultMediaTypes).map((type) => [type.split(';')[0] ?? type, binary]),
)
const choice = (name: string, values: readonly string[], usual: string) => {
  const schema = { type: 'string' as const, enum: [...values], default: usual }
  return { name, in: 'query', schema }
}
const resultParameters = [
  choice('format', ResultFormat.options, 'csv'),
  choice('view', ExportView.options, 'all'),
  choice('separator', CsvSeparator.options, 'comma'),
  choice('decimalMark', DecimalMark.options, 'point'),
  choice('bom', ['true', 'false'], 'false'),
  choice('again', ['true', 'false'], 'false'),
  ...['sort', 'filter', 'search', 'columns'].map((name) => ({
    name,
    in: 'query',
    description: `For \`view=shown\`${name === 'columns' ? ': positions of the columns, in the order wanted.' : ', as for the rows.'}`,
    schema: { type: 'string' as const },
  })),
]

function describeResultDownloads(): NonNullable<OpenAPI.Document['paths']> {
  return {
    [downloadPaths.result]: {
      get: {
        operationId: 'turns.export',
        summary: 'The whole result of a turn as a file',
        description:
          '`all`: every row, from where the server keeps the whole result or else by running the query of the turn once more, under the rules that hold now; a result of Snowflake is read where it is kept, as far as the row limit of the turn let the query go, unless `again` runs it without that limit. `shown`: the rows and columns of the result as a table shows them. Answers once the file is whole; a client that leaves stops it.',
        parameters: [turnIdParameter, ...resultParameters],
        responses: { '200': { description: 'The file.', content: resultFile }, default: problemAnswer },
      },
    },
    [downloadPaths.exportFile]: {
      get: {
        operationId: 'exports.file',
        summary: 'A file that was made by `exports.start`, whole or the part that `Range` names',
        parameters: [{ name: 'exportId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: {
          '200': { description: 'The file.', content: resultFile },
          '206': { description: 'A part of the file.', content: resultFile },
          '416': { description: 'The file is shorter than that.' },
          default: problemAnswer,
        },
      },
    },
  }
}

/** The routes that answer with files. */
export function describeDownloads(): NonNullable<OpenAPI.Document['paths']> {
  return {
    ...describeResultDownloads(),
    [downloadPaths.person]: {
      get: {
        operationId: 'me.export',
        summary: 'Everything that is kept of the person who asks',
        description:
          'A zip archive with tables as JSON and CSV and with events as JSON lines. An archive without its end was cut short. One at a time.',
        responses: {
          '200': {
            description: 'The archive.',
            content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
          },
          default: problemAnswer,
        },
      },
    },
    [downloadPaths.verifiedQueries]: {
      get: {
        operationId: 'verifiedQueries.export',
        summary: 'Verified queries as a file for `floe eval`',
        parameters: [{ name: 'connection', in: 'query', schema: { type: 'string', maxLength: 300 } }],
        responses: {
          '200': { description: 'A question with its query a line.', content: { 'application/x-ndjson': file } },
          default: problemAnswer,
        },
      },
    },
    [downloadPaths.audit]: {
      get: {
        operationId: 'audit.export',
        summary: 'The audit as a file, newest first; for admins',
        parameters: [
          { name: 'q', in: 'query', schema: { type: 'string', maxLength: 200, default: '' } },
          { name: 'format', in: 'query', schema: { type: 'string', enum: [...AuditFormat.options], default: 'csv' } },
        ],
        responses: {
          '200': {
            description: 'Every entry that holds the words. A reading that breaks leaves the answer without its end.',
            content: { 'text/csv': file, 'application/x-ndjson': file },
          },
          default: problemAnswer,
        },
      },
    },
  }
}
