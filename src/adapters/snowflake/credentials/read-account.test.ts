import { describe, expect, test } from 'vitest'
import { presentProblem } from '../../../core/problem.ts'
import { readAccount } from './read-account.ts'

const read = (pasted: string, allowLoopback = false) => readAccount(pasted, { allowLoopback })
const com = (host: string): string => `https://${host}.snowflakecomputing.com`

describe('an account as people paste it', () => {
  test.each([
    ['myorg-myaccount', 'myorg-myaccount', com('myorg-myaccount')],
    ['MYORG-MYACCOUNT', 'myorg-myaccount', com('myorg-myaccount')],
    ['  myorg-myaccount \n', 'myorg-myaccount', com('myorg-myaccount')],
    ['myorg.myaccount', 'myorg-myaccount', com('myorg-myaccount')],
    ['MYORG.MY_ACCOUNT', 'myorg-my_account', com('myorg-my-account')],
    ['myorg-my_account', 'myorg-my_account', com('myorg-my-account')],
    ['xy12345', 'xy12345', com('xy12345')],
    ['xy12345.us-east-1', 'xy12345.us-east-1', com('xy12345.us-east-1')],
    ['xy12345.us-east-2.aws', 'xy12345.us-east-2.aws', com('xy12345.us-east-2.aws')],
    ['xy12345.us-central1.gcp', 'xy12345.us-central1.gcp', com('xy12345.us-central1.gcp')],
    ['xy12345.west-europe.azure', 'xy12345.west-europe.azure', com('xy12345.west-europe.azure')],
    ['xy12345.us-gov-west-1.aws', 'xy12345.us-gov-west-1.aws', com('xy12345.us-gov-west-1.aws')],
    ['myorg-myaccount.privatelink', 'myorg-myaccount.privatelink', com('myorg-myaccount.privatelink')],
    ['xy12345.privatelink', 'xy12345.privatelink', com('xy12345.privatelink')],
    ['xy12345.us-east-1.privatelink', 'xy12345.us-east-1.privatelink', com('xy12345.us-east-1.privatelink')],
    [
      'xy12345.east-us-2.azure.privatelink',
      'xy12345.east-us-2.azure.privatelink',
      com('xy12345.east-us-2.azure.privatelink'),
    ],
    ['myorg-myaccount.snowflakecomputing.com', 'myorg-myaccount', com('myorg-myaccount')],
    ['myorg-myaccount.snowflakecomputing.com:443', 'myorg-myaccount', com('myorg-myaccount')],
    ['https://myorg-myaccount.snowflakecomputing.com', 'myorg-myaccount', com('myorg-myaccount')],
    ['https://myorg-myaccount.snowflakecomputing.com/', 'myorg-myaccount', com('myorg-myaccount')],
    ['http://myorg-myaccount.snowflakecomputing.com/console/login#/', 'myorg-myaccount', com('myorg-myaccount')],
    [
      'https://xy12345.eu-central-1.snowflakecomputing.com/fed/login?x=1',
      'xy12345.eu-central-1',
      com('xy12345.eu-central-1'),
    ],
    [
      'https://xy12345.us-east-1.privatelink.snowflakecomputing.com',
      'xy12345.us-east-1.privatelink',
      com('xy12345.us-east-1.privatelink'),
    ],
    [
      'https://app-myorg-myaccount.privatelink.snowflakecomputing.com/',
      'myorg-myaccount.privatelink',
      com('myorg-myaccount.privatelink'),
    ],
    [
      'https://app.us-east-1.privatelink.snowflakecomputing.com/us-east-1/xy12345/',
      'xy12345.us-east-1.privatelink',
      com('xy12345.us-east-1.privatelink'),
    ],
    ['https://app.snowflake.com/myorg/myaccount', 'myorg-myaccount', com('myorg-myaccount')],
    ['https://app.snowflake.com/myorg/my_account/#/homepage', 'myorg-my_account', com('myorg-my-account')],
    ['app.snowflake.com/myorg/myaccount/w2abc/query?x#y', 'myorg-myaccount', com('myorg-myaccount')],
    ['https://app.snowflake.com/us-east-1/xy12345/worksheets', 'xy12345.us-east-1', com('xy12345.us-east-1')],
    ['https://app.snowflake.com/us-west-2/xy12345', 'xy12345', com('xy12345')],
    ['https://app.snowflake.com/us-west-2.aws/xy12345', 'xy12345', com('xy12345')],
    [
      'https://app.snowflake.com/east-us-2.azure/xy12345/#/x',
      'xy12345.east-us-2.azure',
      com('xy12345.east-us-2.azure'),
    ],
    ['https://app.snowflake.cn/myorg/myaccount', 'myorg-myaccount', 'https://myorg-myaccount.snowflakecomputing.cn'],
    [
      'xy12345.cn-northwest-1.aws.snowflakecomputing.cn',
      'xy12345.cn-northwest-1.aws',
      'https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn',
    ],
    ['jdbc:snowflake://myorg-myaccount.snowflakecomputing.com/?db=X', 'myorg-myaccount', com('myorg-myaccount')],
    ['snowflake://myorg-myaccount', 'myorg-myaccount', com('myorg-myaccount')],
    ['snowflake://myorg-myaccount/db/schema?warehouse=WH', 'myorg-myaccount', com('myorg-myaccount')],
    [
      'xy12345.fhplus.us-gov-west-1.aws.privatelink',
      'xy12345.fhplus.us-gov-west-1.aws.privatelink',
      com('xy12345.fhplus.us-gov-west-1.aws.privatelink'),
    ],
  ])('%s', (pasted, account, accessUrl) => {
    expect(read(pasted)).toEqual({ account, accessUrl })
  })

  test.each([
    '',
    ' ',
    'my org',
    'https://example.com',
    'https://example.com/myorg-myaccount.snowflakecomputing.com',
    'https://myorg.snowflakecomputing.com.example.com/',
    'https://myorg-myaccount.snowflakecomputing.com@example.com/',
    'https://example.com#@myorg.snowflakecomputing.com',
    'https://example.com\\@myorg.snowflakecomputing.com',
    'https://user:word@myorg-myaccount.snowflakecomputing.com',
    'snowflake://user:word@myorg-myaccount/db',
    'myorg-myaccount.snowflakecomputing.com:8080',
    'myorg-myaccount.snowflakecomputing.com:443@x',
    'ftp://myorg-myaccount.snowflakecomputing.com',
    'javascript:alert(1)//.snowflakecomputing.com',
    'https://snowflakecomputing.com',
    'https://.snowflakecomputing.com',
    'https://-x.snowflakecomputing.com',
    'https://a..b.snowflakecomputing.com',
    'myorg-myaccount.snowflakecomputing.com.',
    'https://myorg‑myaccount.snowflakecomputing.com',
    'https://мyorg.snowflakecomputing.com',
    'https://my%2eorg.snowflakecomputing.com',
    'https://app.snowflake.com/',
    'https://app.snowflake.com/myorg',
    'https://app.snowflake.com/../myaccount',
    'https://app.snowflake.com.evil.com/myorg/myaccount',
    'https://[::1]/',
    'https://127.0.0.1',
    'http://127.0.0.1:3000',
    'http://127.0.0.1:3000/fakesnow',
    'myorg-myaccount\u0000',
    'a.b.c.d.e.f',
    `${'a'.repeat(400)}@`,
  ])('is refused: %j', (pasted) => {
    let thrown: unknown
    try {
      read(pasted)
    } catch (error) {
      thrown = error
    }
    expect(presentProblem(thrown)).toMatchObject({ code: 'bad_request', whoseTurn: 'person' })
  })

  test('whatever is understood leads to a host of Snowflake’s by https', () => {
    const alphabet = [
      'a',
      'Z',
      '9',
      '-',
      '_',
      '.',
      '/',
      ':',
      '@',
      '#',
      '?',
      '\\',
      '%',
      ' ',
      'snowflakecomputing.com',
      'app.snowflake.com',
      'https://',
      '443',
    ]
    let understood = 0
    let state = 7
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    for (let run = 0; run < 20_000; run += 1) {
      const length = 1 + Math.floor(random() * 8)
      const pasted = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
      try {
        const { host, protocol, port, username, pathname } = new URL(read(pasted).accessUrl)
        expect([protocol, port, username, pathname]).toEqual(['https:', '', '', '/'])
        expect(host).toMatch(/^[a-z0-9.-]+\.snowflakecomputing\.(com|cn)$/)
        understood += 1
      } catch (error) {
        expect(presentProblem(error).code, pasted).toBe('bad_request')
      }
    }
    expect(understood).toBeGreaterThan(500)
  })

  test('a double on loopback is an account in tests alone', () => {
    expect(read('http://127.0.0.1:3000', true)).toEqual({ account: 'local', accessUrl: 'http://127.0.0.1:3000' })
    expect(read('http://127.0.0.1:3000/fakesnow', true)).toEqual({
      account: 'fakesnow',
      accessUrl: 'http://127.0.0.1:3000',
    })
    expect(() => read('http://127.0.0.2:3000', true)).toThrow('no account')
  })
})
