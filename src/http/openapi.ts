import { OpenAPIGenerator, type OpenAPI } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { z } from 'zod'
import { apiPrefix, streamPaths, turnIdHeader } from '../contract/api.ts'
import { api } from '../contract/routes.ts'
import { Ask } from '../contract/command.ts'
import { ProblemDocument } from '../contract/problem-document.ts'
import { SocketCommand, SocketReply } from '../contract/socket.ts'
import { TurnEvent } from '../contract/turn-event.ts'
import { describeDownloads, problemAnswer, ref, turnIdParameter } from './describe-downloads.ts'
import { askingExamples } from './examples/asking.ts'
import { catalogExamples } from './examples/catalog.ts'
import { connectionExamples } from './examples/connections.ts'
import { favoriteExamples } from './examples/favorites.ts'
import { historyExamples } from './examples/history.ts'
import { peopleExamples } from './examples/people.ts'
import { parameterExamples } from './examples/things.ts'

/** The OpenAPI 3.1 document of `/api/v1`: the REST contract, the event streams and, in words, the socket. */
export async function describeApi(version: string, path: string): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const described = await generator.generate(api, {
    info: {
      title: 'Floe',
      version,
      description: 'Questions in plain words, answered from a warehouse on a path that can only read.',
    },
    servers: [{ url: path + apiPrefix }],
  })
  const restPaths = Object.entries(described.paths ?? {}).map(
    ([path, item]) => [path, withProblemAnswers(item)] as const,
  )
  const paths = { ...Object.fromEntries(restPaths), ...describeStreams(), ...describeDownloads() }
  return {
    ...described,
    paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, withExamples(item)])),
    security: [{ bearer: [] }, { app: [] }, { session: [] }],
    components: {
      ...described.components,
      securitySchemes: describeSecurity(path),
      schemas: {
        Ask: schemaOf(Ask, 'input'),
        TurnEvent: schemaOf(TurnEvent, 'output'),
        Problem: schemaOf(ProblemDocument, 'output'),
        SocketCommand: schemaOf(SocketCommand, 'input'),
        SocketReply: schemaOf(SocketReply, 'output'),
      },
    },
  }
}

/** How a request says who sends it. A server without sign-in asks for none of these. */
function describeSecurity(path: string): NonNullable<OpenAPI.ComponentsObject['securitySchemes']> {
  return {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'A personal access token, made on the account page: `Authorization: Bearer floe_…`.',
    },
    app: {
      type: 'oauth2',
      description: 'An app that a person lets act for them. There is a server of this kind where PUBLIC_URL is set.',
      flows: {
        authorizationCode: {
          authorizationUrl: `${path}/oauth/auth`,
          tokenUrl: `${path}/oauth/token`,
          refreshUrl: `${path}/oauth/token`,
          scopes: {
            'floe:read': 'Read and arrange what is the person’s own',
            'floe:ask': 'Ask questions and run queries',
            'floe:connections': 'Add, change and remove connections',
          },
        },
      },
    },
    session: { type: 'apiKey', in: 'cookie', name: '__Host-floe-session', description: 'The session of a browser.' },
  }
}

const schemaOf = (schema: z.core.$ZodType, io: 'input' | 'output'): OpenAPI.SchemaObject => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest as OpenAPI.SchemaObject
}

type PathItem = NonNullable<OpenAPI.Document['paths']>[string]

/** oRPC describes errors in its own envelope; ours travel as problem documents. */
function withProblemAnswers(item: PathItem): PathItem {
  const changed: Record<string, unknown> = {}
  for (const [method, operation] of Object.entries(item ?? {})) {
    if (typeof operation !== 'object' || !('responses' in operation)) continue
    const good = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith('2'))
    changed[method] = { ...operation, responses: { ...Object.fromEntries(good), default: problemAnswer } }
  }
  return changed
}

/** An example for each parameter, body and answer in JSON. */
function withExamples(item: PathItem): PathItem {
  const changed: Record<string, unknown> = {}
  for (const [method, operation] of Object.entries(item ?? {})) {
    if (typeof operation !== 'object' || !('responses' in operation)) continue
    const { parameters = [], requestBody, responses, ...rest } = operation
    const { body, answer, parameters: own = {} } = operationExamples[rest.operationId ?? ''] ?? {}
    const answers = Object.entries(responses ?? {}).map(
      ([status, response]) => [status, status.startsWith('2') ? withJsonExample(response, answer) : response] as const,
    )
    changed[method] = {
      ...rest,
      parameters: parameters.map((given) =>
        'name' in given ? { ...given, example: own[given.name] ?? parameterExamples[given.name] } : given,
      ),
      ...(requestBody === undefined ? {} : { requestBody: withJsonExample(requestBody, body) }),
      responses: Object.fromEntries(answers),
    }
  }
  return changed
}

const operationExamples = {
  ...favoriteExamples,
  ...askingExamples,
  ...catalogExamples,
  ...connectionExamples,
  ...historyExamples,
  ...peopleExamples,
}

/** Undefined says nothing. */
function withJsonExample(described: object, example: unknown): object {
  if (!('content' in described) || example === undefined) return described
  const content = described.content as Readonly<Record<string, object>>
  const json = content['application/json']
  return json === undefined
    ? described
    : { ...described, content: { ...content, 'application/json': { ...json, example } } }
}

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The `seq` of the last event seen; the stream goes on after it.',
  schema: { type: 'integer', minimum: 0 },
} as const
const eventStream = {
  '200': {
    description:
      'Events of the turn: `id` is the `seq`, `data` a TurnEvent. A frame `event: problem` tells that reading broke.',
    headers: { [turnIdHeader]: { schema: { type: 'string', format: 'uuid' } } },
    content: { 'text/event-stream': { schema: ref('TurnEvent') } },
  },
  '204': { description: 'The turn is over and there is nothing after the given event.' },
  default: problemAnswer,
} as const

function describeStreams(): NonNullable<OpenAPI.Document['paths']> {
  return {
    [streamPaths.ask]: {
      post: {
        operationId: 'turns.ask',
        summary: 'Asks a question or runs given SQL, and streams what happens',
        description: 'With the `turnId` of an earlier turn and `Last-Event-ID` it resumes that turn.',
        parameters: [lastEventId],
        requestBody: { required: true, content: { 'application/json': { schema: ref('Ask') } } },
        responses: eventStream,
      },
    },
    [streamPaths.follow]: {
      get: {
        operationId: 'turns.follow',
        summary: 'Streams the events of a turn, the stored ones first, then the live ones',
        parameters: [
          turnIdParameter,
          lastEventId,
          { name: 'afterSeq', in: 'query', schema: { type: 'integer', minimum: 0, default: 0 } },
        ],
        responses: eventStream,
      },
    },
    [streamPaths.socket]: {
      get: {
        operationId: 'socket',
        summary: 'A WebSocket for several turns at a time',
        description:
          'Client frames are SocketCommand, server frames SocketReply or TurnEvent, all JSON text of at most 1 MB. ' +
          'Opens only for pages of this origin and for programs that send no Origin.',
        responses: { '101': { description: 'The socket is open.' }, default: problemAnswer },
      },
    },
  }
}
