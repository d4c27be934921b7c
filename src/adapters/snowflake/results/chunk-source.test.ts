import { describe, expect, test } from 'vitest'
import { type HttpClient, HttpFault } from '../../http-client/http-client.ts'
import { defaultLimits } from '../session/snowflake-limits.ts'
import { isResultUrl, readChunks } from './chunk-source.ts'
import type { ResultHead } from './result-head.ts'

const account = 'https://acme-prod.snowflakecomputing.com'
const local = 'http://127.0.0.1:8443'

test.each([
  ['https://sfc-eu-ds1-customer-stage.s3.eu-central-1.amazonaws.com/results/x?X-Amz-Signature=1', true],
  ['https://s3.us-west-2.amazonaws.com/bucket/results/x', true],
  ['https://bucket.s3.cn-north-1.amazonaws.com.cn/x', true],
  ['https://sfcprodstage1.blob.core.windows.net/results/x?sig=1', true],
  ['https://storage.googleapis.com/bucket/results/x', true],
  ['https://bucket.s3.dualstack.eu-west-1.amazonaws.com/x', true],
  ['https://bucket.s3-fips.us-gov-west-1.amazonaws.com/x', true],
  ['https://bucket.s3-accelerate.amazonaws.com/x', true],
  ['https://bucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/x', true],
  ['https://bucket.vpce-0a1b2c3d4e5f-abcdefgh.s3.us-east-1.vpce.amazonaws.com/x', true],
  ['https://bucket.s3.eusc-de-east-1.amazonaws.eu/x', true],
  ['https://sfcprod.blob.core.usgovcloudapi.net/x', true],
  ['https://sfcprod.privatelink.blob.core.windows.net/x', true],
  ['https://sfcprod.z12.blob.storage.azure.net/x', true],
  ['https://sfcprod.blob.storage.azure.net/x', true],
  ['https://gcpuscentral1-ncxq405-stage.storage.googleapis.com/x', true],
  ['https://storage.me-central2.rep.googleapis.com/bucket/x', true],
  ['https://bucket.storage.me-central2.rep.googleapis.com/x', true],
  ['https://storage-snowflake.p.googleapis.com/bucket/x', true],
  ['https://acme-prod.snowflakecomputing.com/results/x', true],
  ['https://acme.privatelink.snowflakecomputing.com/results/x', true],
  [`${local}/chunks/1`, true],
  ['http://bucket.s3.amazonaws.com/x', false],
  ['https://bucket.s3.amazonaws.com:8443/x', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['http://127.0.0.1:80/admin', false],
  ['https://s3.amazonaws.com.evil.example/x', false],
  ['https://evils3.amazonaws.com/x', false],
  ['https://ec2.amazonaws.com/x', false],
  ['https://evil.example/?s3.amazonaws.com', false],
  ['https://evilstorage.googleapis.com/x', false],
  ['https://compute.me-central2.rep.googleapis.com/x', false],
  ['https://evil.p.googleapis.com/x', false],
  ['https://storage.googleapis.com.evil.example/x', false],
  ['https://evil.blob.storage.azure.net.example/x', false],
  ['https://sfcprod.file.core.windows.net/x', false],
  ['https://bucket.s3express-usw2-az1.us-west-2.amazonaws.com.evil.example/x', false],
  ['https://vpce-0a1b.ec2.us-east-1.vpce.amazonaws.com/x', false],
  ['https://user@evil.example/.s3.amazonaws.com', false],
  ['https://snowflakecomputing.com.evil.example/x', false],
  ['file:///etc/passwd', false],
])('%s: fetched %s', (url, allowed) => {
  expect(isResultUrl(new URL(url), account, [local])).toBe(allowed)
})

test('the account itself is allowed wherever it is', () => {
  expect(isResultUrl(new URL(`${local}/chunks/1`), local, [])).toBe(true)
  expect(isResultUrl(new URL(`${local}/chunks/1`), account, [])).toBe(false)
})

describe('reading the chunks of a result', () => {
  const headOf = (...urls: readonly string[]): ResultHead => ({
    queryId: 'q',
    columns: [],
    rowset: [],
    chunks: urls.map((url) => ({ url, rowCount: 1 })),
    chunkHeaders: { 'x-key': 'of the result' },
    total: urls.length,
  })
  const stored = (name: string): string => `https://bucket.s3.amazonaws.com/${name}`

  /** Reads all chunks; answers are the status of each fetch of an address, or its fault, one after the other. */
  async function read(
    head: ResultHead,
    answers: Readonly<Record<string, readonly (number | HttpFault)[]>> = {},
    more: { readonly from?: number; readonly fresh?: ResultHead; readonly tries?: number } = {},
  ) {
    const fetched: string[] = []
    const headers: unknown[] = []
    let rereads = 0
    const left = new Map(Object.entries(answers).map(([url, all]) => [url, [...all]]))
    const http: Pick<HttpClient, 'request'> = {
      request: (url, request) => {
        fetched.push(url.href)
        headers.push(request.headers)
        const next = left.get(url.href)?.shift() ?? 200
        if (next instanceof HttpFault) return Promise.reject(next)
        return Promise.resolve({ status: next, headers: {}, body: Buffer.from(url.pathname) })
      },
    }
    const chunks = readChunks(
      {
        http: http as HttpClient,
        limits: { ...defaultLimits, chunkTries: more.tries ?? 2 },
        accountUrl: account,
        allowedOrigins: ['https://minio.example'],
        reread: () => {
          rereads += 1
          return Promise.resolve(more.fresh ?? head)
        },
      },
      head,
      more.from ?? 0,
      new AbortController().signal,
    )
    const bodies: string[] = []
    const outcome = await (async () => {
      for await (const { body } of chunks) bodies.push(body.toString())
    })().then(
      () => null,
      (error: unknown) => (error as { facts?: unknown }).facts ?? error,
    )
    return { bodies, fetched, headers, outcome, rereads: () => rereads }
  }

  test('fetches each once, in their order, with the headers of the result, from where the reader begins', async () => {
    const names = ['0', '1', '2', '3', '4', '5']
    const { bodies, fetched, headers, outcome } = await read(headOf(...names.map(stored)), {}, { from: 1 })
    expect(outcome).toBeNull()
    expect(bodies).toEqual(names.slice(1).map((name) => `/${name}`))
    expect(fetched).toEqual(names.slice(1).map(stored))
    expect(headers[0]).toEqual({ 'accept-encoding': 'gzip', 'x-key': 'of the result' })
  })

  test.each([
    ['another machine', 'https://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['a host that only looks like storage', 'https://s3.amazonaws.com.evil.example/x', 's3.amazonaws.com.evil.example'],
    ['no address', 'x', 'no address'],
  ])('sends nothing to %s, and names it', async (_, url, named) => {
    const { fetched, outcome } = await read(headOf(url))
    expect([fetched, outcome]).toEqual([
      [],
      { during: 'result', code: 'untrusted', words: `part 1 of 1 lies at ${named}`, sqlState: null, queryId: 'q' },
    ])
  })

  test('fetches from a host that the operator allows', async () => {
    expect((await read(headOf('https://minio.example/x'))).bodies).toEqual(['/x'])
  })

  test.each<readonly [string, number | HttpFault]>([
    ['a fault of the storage', 503],
    ['a connection that is cut', new HttpFault('cut', new Error('ECONNRESET'), true)],
  ])('fetches again after %s', async (_, answer) => {
    const { bodies, fetched, outcome } = await read(headOf(stored('0')), { [stored('0')]: [answer] })
    expect([bodies, fetched.length, outcome]).toEqual([['/0'], 2, null])
  })

  test.each<readonly [string, readonly (number | HttpFault)[], string, number]>([
    ['that stays away', [503, 503, 503], 'part 1 of 1 was answered with HTTP status 503', 2],
    ['that is gone', [404], 'part 1 of 1 was answered with HTTP status 404', 1],
    [
      'that is cut off again and again',
      Array.from({ length: 3 }, () => new HttpFault('cut', new Error('ECONNRESET'), true)),
      'part 1 of 1: ECONNRESET',
      2,
    ],
  ])('ends as incomplete for a part %s', async (_, answers, words, times) => {
    const { bodies, fetched, outcome } = await read(headOf(stored('0')), { [stored('0')]: answers })
    expect(outcome).toMatchObject({ code: 'incomplete', words })
    expect([bodies, fetched.length]).toEqual([[], times])
  })

  test.each([403, 400])('renews addresses that have expired (%i), once for all parts', async (status) => {
    const fresh = headOf(stored('a'), stored('b'))
    const expired = { [stored('0')]: [status], [stored('1')]: [status] }
    const { bodies, outcome, rereads } = await read(headOf(stored('0'), stored('1')), expired, { fresh })
    expect([bodies, outcome, rereads()]).toEqual([['/a', '/b'], null, 1])
  })

  test('checks a renewed address as it did the first', async () => {
    const fresh = headOf('https://evil.example/x')
    const { fetched, outcome } = await read(headOf(stored('0')), { [stored('0')]: [403] }, { fresh })
    expect(outcome).toMatchObject({ code: 'untrusted' })
    expect(fetched).toEqual([stored('0')])
  })

  test('ends as incomplete where the renewed result has other parts', async () => {
    const fresh = headOf(stored('a'), stored('b'))
    const { outcome } = await read(headOf(stored('0')), { [stored('0')]: [403] }, { fresh })
    expect(outcome).toMatchObject({ code: 'incomplete', words: 'it has changed since' })
  })
})
