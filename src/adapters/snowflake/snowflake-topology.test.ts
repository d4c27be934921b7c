import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount } from '../../../test/support/snowflake/open-account.ts'
import { makeTlsAuthority, type TlsAuthority } from '../../../test/support/tls-authority.ts'
import { everyRow, fails, outcomeOf, shortLimits, type Flood, openFlood } from './snowflake-faults.test-support.ts'

const missing = snowflakeDoubleMissing()

const accountHost = 'myorg-acme.snowflakecomputing.com'
const chunkHost = 'sfc-prod-customer-stage.s3.us-west-2.amazonaws.com'
/** A gateway that is no storage service of a cloud. */
const gatewayHost = 'results.acme.example'

/** A company's network: a proxy that opens tunnels, behind which a gateway inspects TLS and passes requests on to the double. */
interface Company {
  readonly authority: TlsAuthority
  readonly proxy: string
  /** The tunnels that were asked for. */
  readonly tunnels: string[]
  /** The host that the addresses of chunks are given. */
  chunksAt: string
  readonly close: () => void
}

async function openCompany(double: URL): Promise<Company> {
  const authority = makeTlsAuthority()
  const hosts = [accountHost, chunkHost, gatewayHost].map((host) => `DNS:${host}`)
  const { key, cert } = authority.issue('Inspection of a company', hosts.join(','))
  const tunnels: string[] = []
  const company = { authority, tunnels, chunksAt: chunkHost }
  const passOn = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const url = new URL(asked.url ?? '/', double)
    const sent = request(url, { method: asked.method ?? 'GET', headers: { ...asked.headers, host: accountHost } })
    sent.end(await buffer(asked))
    const [got] = (await once(sent, 'response')) as [IncomingMessage]
    const body = await buffer(got)
    const text = body.toString('latin1')
    const isChunk = url.pathname.startsWith('/chunks/')
    const changed = isChunk
      ? body
      : Buffer.from(text.replaceAll(`http://${accountHost}`, `https://${company.chunksAt}`), 'latin1')
    answer.writeHead(got.statusCode ?? 500, { ...got.headers, 'content-length': changed.length })
    answer.end(changed)
  }
  const inspection = createTlsServer({ key, cert }, (asked, answer) => {
    passOn(asked, answer).catch(() => answer.destroy())
  })
  const proxy = createServer()
  proxy.on('connect', (asked, socket) => {
    tunnels.push(asked.url ?? '')
    const onwards = connect((inspection.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onwards.pipe(socket).pipe(onwards)
    })
    for (const end of [socket, onwards]) end.on('error', () => [socket, onwards].forEach((one) => one.destroy()))
  })
  for (const server of [inspection, proxy]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return Object.assign(company, {
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      for (const server of [inspection, proxy]) {
        server.closeAllConnections()
        server.close()
      }
      authority.remove()
    },
  })
}

describe.skipIf(missing !== null)(
  missing === null ? 'a company that inspects TLS' : `a company that inspects TLS (skipped: ${missing})`,
  () => {
    let flood: Flood
    let company: Company
    beforeAll(async () => {
      flood = await openFlood()
      company = await openCompany(new URL(flood.account.accessUrl))
    })
    afterAll(async () => {
      company.close()
      await flood.close()
    })
    const ask = async (environment: Readonly<Record<string, string>>, resultOrigins: readonly string[] = []) => {
      const accessUrl = `https://${accountHost}`
      const limits = { ...shortLimits, signInMs: 8_000, submitMs: 5_000, retryForMs: 6_000 }
      const link = openAccount(flood.account, { accessUrl, environment, resultOrigins, limits })
      const ended = await outcomeOf(link, 'SELECT * FROM FLOOD')
      await link.close()
      return ended
    }

    test('fakesnow: sign-in, statements and chunks go through its proxy and trust its authority', async () => {
      const environment = { HTTPS_PROXY: company.proxy, NODE_EXTRA_CA_CERTS: company.authority.caFile }
      expect(await ask(environment)).toEqual(everyRow)
      expect(new Set(company.tunnels)).toEqual(new Set([`${accountHost}:443`, `${chunkHost}:443`]))
    })

    test('fakesnow: without its authority the certificate is named, and the doctor is pointed to', async () => {
      const ended = await ask({ HTTPS_PROXY: company.proxy })
      expect(ended).toEqual(fails('warehouse_unreachable', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'))
    })

    test('fakesnow: results at a host that nobody allowed are refused by name, and read once it is allowed', async () => {
      const environment = { HTTPS_PROXY: company.proxy, NODE_EXTRA_CA_CERTS: company.authority.caFile }
      company.chunksAt = gatewayHost
      company.tunnels.length = 0
      expect(await ask(environment)).toEqual(fails('warehouse_failed', gatewayHost))
      expect(company.tunnels).not.toContain(`${gatewayHost}:443`)
      expect(await ask(environment, [`https://${gatewayHost}`])).toEqual(everyRow)
    })
  },
)
