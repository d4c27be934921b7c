// The person who attacks, as a process of its own: `attack.ts KIND ADDRESS`. Says `ready` once the attack is under way, goes on until it is
// told to stop, and then cancels what it started. It takes the lowest priority: a real attacker's processor is not the server's.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

const times = (text: string, count: number): string => text.repeat(count)
const crossJoin = `SELECT COUNT(*) AS N FROM ${['a', 'b', 'c', 'd'].map((name) => `LINEITEM ${name}`).join(' CROSS JOIN ')}`
const joins = Array.from({ length: 300 }, (_, n) => ` JOIN NATION n${n} ON n${n}.N_NATIONKEY = n.N_NATIONKEY`).join('')

/** Statements that use as much memory or time as they can. */
const bombs: Readonly<Record<string, readonly string[]>> = {
  'long texts': [
    'SELECT SPACE(1000000000) AS S',
    "SELECT LENGTH(REPEAT('a', 2000000000)) AS N",
    "SELECT LENGTH(REPEAT(REPEAT('ab', 10000), 10000)) AS N",
  ],
  'long arrays': [
    "SELECT ARRAY_SIZE(SPLIT(REPEAT('a,', 50000000), ',')) AS N",
    'SELECT ARRAY_SIZE(ARRAY_GENERATE_RANGE(0, 500000000)) AS N',
    "SELECT ARRAY_SIZE(SPLIT(L_COMMENT || REPEAT('a,', 1000000), ',')) AS N FROM LINEITEM",
  ],
  'cross joins': [crossJoin, `${crossJoin} WHERE a.L_COMMENT < b.L_COMMENT || c.L_COMMENT`],
  'large groups': [
    'SELECT a.L_COMMENT || b.L_COMMENT AS C, COUNT(*) AS N FROM LINEITEM a CROSS JOIN LINEITEM b GROUP BY 1 ORDER BY 2 LIMIT 5',
    'SELECT a.*, ROW_NUMBER() OVER (PARTITION BY b.L_SHIPDATE ORDER BY a.L_COMMENT) AS R FROM LINEITEM a CROSS JOIN LINEITEM b',
  ],
  'constants to be folded': [
    "SELECT RPAD('a', 2000000000, 'b') AS S",
    "SELECT EDITDISTANCE(REPEAT('a', 200000), REPEAT('b', 200000)) AS N",
    "SELECT LENGTH(INITCAP(REPEAT('ab ', 30000000))) AS N",
    "SELECT SHA2(REPEAT('a', 100000000)) AS H",
  ],
}

const url = process.argv[3] ?? ''
/** What makes this the other person: see `two-people.ts`. */
const person = { origin: url, 'sec-fetch-site': 'same-origin' }
const started = new Set<string>()
const sockets: WebSocket[] = []
const stopping = new AbortController()
const isOver = (): boolean => stopping.signal.aborted

/** Asks and gives back the answer, unread. */
const ask = (body: Readonly<Record<string, unknown>>): Promise<Response> => {
  const turnId = randomUUID()
  started.add(turnId)
  return fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { ...person, 'content-type': 'application/json' },
    body: JSON.stringify({ turnId, connection: 'sample', model: 'offline', autoRun: true, ...body }),
    signal: stopping.signal,
  })
}

/** Reads an answer to its end and approves what waits for that. */
async function readAndApprove(answer: Response): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text = (text + decoder.decode(chunk as Uint8Array, { stream: true })).slice(-20_000)
    const proposal = /"turnId":"([\w-]+)"[^\n]*"kind":"query.proposed"[^\n]*"digest":"(\w+)"[^\n]*\n\n/.exec(text)
    if (proposal === null) continue
    const [, turnId, digest] = proposal
    text = ''
    await command(`${turnId}/approve`, { digest })
  }
}

const command = (path: string, body: unknown): Promise<unknown> =>
  fetch(`${url}/api/v1/turns/${path}`, {
    method: 'POST',
    headers: { ...person, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then((answer) => answer.text())

/** Asks one question after another, each read to its end. */
async function keepAsking(bodies: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    const answer = await ask(bodies[n % bodies.length] ?? {})
    await readAndApprove(answer)
    // A refusal of too many costs nobody anything: a client that is refused waits as long as it is told at least.
    if (answer.status === 503) await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** `width` loops at once until the end. */
const inParallel = (width: number, bodies: readonly Readonly<Record<string, unknown>>[]): void => {
  for (let n = 0; n < width; n += 1) {
    const turned = [...bodies.slice(n % bodies.length), ...bodies.slice(0, n % bodies.length)]
    keepAsking(turned).catch((error: unknown) => {
      if (!isOver()) throw error
    })
  }
}

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/socket`, { headers: person })
  socket.on('error', () => undefined)
  sockets.push(socket)
  await Promise.race([once(socket, 'open'), once(socket, 'close')])
  return socket
}

/** Sends cancel frames as fast as the socket takes them, on a new one whenever the server closes it. */
async function floodWithCancels(socket: WebSocket): Promise<void> {
  let current = socket
  for (let n = 0; !isOver(); n += 1) {
    if (current.readyState !== current.OPEN) current = await openSocket()
    current.send(JSON.stringify({ command: 'cancel', id: String(n), cancel: { turnId: randomUUID() } }))
    if (n % 100 === 0 || current.bufferedAmount > 65_536) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What each kind begins; it resolves once the attack is under way. */
const kinds: Readonly<Record<string, () => Promise<void> | void>> = {
  ...Object.fromEntries(
    Object.entries(bombs).map(([kind, statements]) => [
      kind,
      () =>
        inParallel(
          4,
          statements.map((sql) => ({ sql })),
        ),
    ]),
  ),
  '300 joins, proposed': () => inParallel(4, [{ sql: `SELECT n.N_NAME FROM NATION n${joins}`, autoRun: false }]),
  'a flood of cancels': async () => {
    void floodWithCancels(await openSocket())
  },
  '100 turns at once': () => inParallel(100, [{ sql: 'SELECT COUNT(*) AS N FROM LINEITEM WHERE L_TAX > 0.01' }]),
  '100 questions at once': () => inParallel(100, [{ question: 'How many orders are there per order status?' }]),
  '30 large bodies': () =>
    inParallel(30, [
      { sql: times('SELECT O_ORDERKEY FROM ORDERS UNION ALL ', 24_000) },
      { sql: `SELECT 1 FROM ORDERS WHERE O_ORDERKEY IN (${times('1, ', 80_000)}1)` },
      { question: times('how many orders by customer ', 34_000) },
    ]),
  '50 slow readers': async () => {
    // Sends the request and reads nothing of the answer.
    for (let n = 0; n < 50; n += 1) {
      const turnId = randomUUID()
      started.add(turnId)
      const body = JSON.stringify({ turnId, connection: 'sample', sql: 'SELECT * FROM LINEITEM', autoRun: true })
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      socket.pause()
      await once(socket, 'connect')
      socket.write(
        `POST /api/v1/turns HTTP/1.1\r\nhost: ${hostname}:${port}\r\norigin: ${url}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    }
  },
  '600 idle sockets': async () => {
    await Promise.all(Array.from({ length: 600 }, () => openSocket()))
  },
}

setPriority(constants.priority.PRIORITY_LOW)
await kinds[process.argv[2] ?? '']?.()
setTimeout(() => process.send?.('ready'), 300)
await once(process, 'message')
stopping.abort()
for (const socket of sockets) socket.terminate()
await Promise.all([...started].slice(-400).map((turnId) => command(`${turnId}/cancel`, {}).catch(() => undefined)))
process.exit(0)
