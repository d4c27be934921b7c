import { Agent, request } from 'node:https'

const patienceMs = 30_000

/**
 * How the doctor knocks at an account's host where the environment names a proxy; undefined where it names none and Node's own fetch will do.
 * Answers status and date alone, without a body.
 */
export function makeKnockByProxy(env: Readonly<Record<string, string>>): typeof globalThis.fetch | undefined {
  if ((env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '') === '') return undefined
  const agent = new Agent({ proxyEnv: env, timeout: patienceMs })
  return (address, init) =>
    new Promise((resolve, reject) => {
      const url = address instanceof Request ? address.url : address
      const sent = request(url, { agent, method: init?.method }, (answer) => {
        answer.resume()
        const { date } = answer.headers
        resolve(new Response(null, { status: answer.statusCode ?? 502, headers: date === undefined ? {} : { date } }))
      })
      sent.on('error', reject)
      // By ourselves, because Node does not end the wait for the proxy's own answer.
      const signal = init?.signal
      const abort = (): void => {
        reject(signal?.reason as Error)
        sent.destroy()
      }
      if (signal?.aborted === true) abort()
      signal?.addEventListener('abort', abort, { once: true })
      sent.end()
    })
}
