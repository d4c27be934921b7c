import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { presentProblem } from '../../core/problem.ts'
import { makeAesSecretBox } from './aes-secret-box.ts'
import { makeFileRing, makeGivenRing } from './key-ring.ts'

const base = mkdtempSync(join(tmpdir(), 'floe-secrets-'))
afterAll(() => rmSync(base, { recursive: true }))
let folders = 0
const newPath = (): string => join(base, String((folders += 1)), 'secret-keys')

const key = (id: string) => ({ id, key: randomBytes(32) })
const place = { ownerId: 'a', rowId: 'b' }
const [one, two] = [key('1'), key('2')]
const box = makeAesSecretBox(makeGivenRing([one]))

const problemOf = async (work: Promise<unknown>) =>
  presentProblem(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  )

describe('a sealed secret', () => {
  test.each(['', 'a', '-----BEGIN PRIVATE KEY-----\n…', '\u0000\ud83d\ude00 ключ', 'x'.repeat(100_000)])(
    'opens to what it was (%#)',
    async (secret) => {
      const sealed = await box.seal(secret, place)
      expect(await box.open(sealed, place)).toBe(secret)
      expect(await box.seal(secret, place)).not.toBe(sealed)
    },
  )

  test.each(Array.from({ length: 40 }, (_, run) => run))('random secret %i survives, and shows nowhere', async () => {
    const secret = randomBytes(1 + Math.floor(Math.random() * 300)).toString('base64')
    const own = { ownerId: randomBytes(8).toString('hex'), rowId: randomBytes(8).toString('hex') }
    const sealed = await box.seal(secret, own)
    expect(await box.open(sealed, own)).toBe(secret)
    expect(secret.length < 8 || !sealed.includes(secret)).toBe(true)
    expect(sealed).toMatch(/^v1\.1\.[\w-]+$/)
  })

  test.each([
    ['another owner', { ownerId: 'x', rowId: 'b' }],
    ['another row', { ownerId: 'a', rowId: 'x' }],
    ['the same letters split elsewhere', { ownerId: 'ab', rowId: '' }],
    ['quotes that look like a border', { ownerId: 'a","b', rowId: '' }],
  ])('does not open for %s', async (_, elsewhere) => {
    const sealed = await box.seal('geheim', place)
    expect(await problemOf(box.open(sealed, elsewhere))).toMatchObject({ code: 'connection_broken' })
  })

  test('does not open once any bit of it is another', async () => {
    const sealed = await box.seal('geheim', place)
    const [head, body] = [sealed.slice(0, 5), Buffer.from(sealed.slice(5), 'base64url')]
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const bent = Buffer.from(body)
      bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(await problemOf(box.open(head + bent.toString('base64url'), place))).toMatchObject({
        code: 'connection_broken',
      })
    }
  })

  test.each(['', 'v1', 'v1.1.', 'v1.1.AAAA', 'v2.1.AAAA', 'v1.1.\u0000', 'plain text'])(
    'text that is none is refused in words: %j',
    async (text) => {
      expect(await problemOf(box.open(text, place))).toMatchObject({ code: 'connection_broken' })
    },
  )

  test('of another version does not open, whatever its bytes', async () => {
    const sealed = await box.seal('geheim', place)
    expect(await problemOf(box.open(sealed.replace(/^v1/, 'v2'), place))).toMatchObject({ code: 'connection_broken' })
  })

  test('another key under the same id does not open it; a missing key is named', async () => {
    const sealed = await box.seal('geheim', place)
    const imposter = makeAesSecretBox(makeGivenRing([key('1')]))
    expect(await problemOf(imposter.open(sealed, place))).toMatchObject({ code: 'connection_broken' })
    const stranger = await problemOf(makeAesSecretBox(makeGivenRing([two])).open(sealed, place))
    expect(stranger.message).toContain('key "1"')
    expect(stranger.message).toContain('SECRET_KEYS')
  })

  test('the newest key seals, the older ones still open', async () => {
    const old = await box.seal('geheim', place)
    const both = makeAesSecretBox(makeGivenRing([two, one]))
    expect(both.isCurrent(old)).toBe(false)
    const fresh = await both.seal(await both.open(old, place), place)
    expect(both.isCurrent(fresh)).toBe(true)
    expect(await makeAesSecretBox(makeGivenRing([two])).open(fresh, place)).toBe('geheim')
  })
})

describe('the key file', () => {
  test('is made at first use, for its owner alone, and used from then on', async () => {
    const path = newPath()
    const sealed = await makeAesSecretBox(makeFileRing(path)).seal('geheim', place)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(path, '..'))).toEqual(['secret-keys'])
    expect(await makeAesSecretBox(makeFileRing(path)).open(sealed, place)).toBe('geheim')
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{8}:[A-Za-z0-9+/]{43}=\n$/)
  })

  test('rings that begin together share one key', () => {
    const path = newPath()
    const ids = Array.from({ length: 8 }, () => makeFileRing(path).keys()[0]?.id)
    expect(new Set(ids).size).toBe(1)
  })

  test.each([0o644, 0o640, 0o604, 0o620])('with mode %o is refused, and told how to mend', async (mode) => {
    const path = newPath()
    makeFileRing(path).keys()
    chmodSync(path, mode)
    const { message, action } = await problemOf(makeAesSecretBox(makeFileRing(path)).seal('x', place))
    expect(message).toContain(path)
    expect(action).toContain('chmod 600')
  })

  test.each(['', 'x', '1:short', `1:${'A'.repeat(43)}=\nrest`])(
    'damaged as %j is refused, never replaced',
    async (text) => {
      const path = newPath()
      mkdirSync(join(path, '..'))
      writeFileSync(path, text, { mode: 0o600 })
      expect(await problemOf(makeAesSecretBox(makeFileRing(path)).seal('x', place))).toMatchObject({
        code: 'connection_broken',
        message: expect.stringContaining('damaged') as string,
      })
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  test('a key that another process put in front is found', async () => {
    const path = newPath()
    const [ours, theirs] = [makeAesSecretBox(makeFileRing(path)), makeAesSecretBox(makeFileRing(path))]
    const before = await ours.seal('geheim', place)
    await theirs.renew()
    expect(theirs.isCurrent(before)).toBe(false)
    const after = await theirs.seal('neu', place)
    expect(await ours.open(after, place)).toBe('neu')
    expect(await theirs.open(before, place)).toBe('geheim')
    expect(ours.isCurrent(after)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('a key that is put in front keeps those that another process put there meanwhile', async () => {
    const path = newPath()
    const [ours, theirs] = [makeAesSecretBox(makeFileRing(path)), makeAesSecretBox(makeFileRing(path))]
    await ours.seal('geheim', place)
    await theirs.renew()
    const sealed = await theirs.seal('neu', place)
    await ours.renew()
    expect(await makeAesSecretBox(makeFileRing(path)).open(sealed, place)).toBe('neu')
  })

  test('a change of the file counts for the next secret that is sealed', async () => {
    const path = newPath()
    const [ours, theirs] = [makeAesSecretBox(makeFileRing(path)), makeAesSecretBox(makeFileRing(path))]
    const before = await ours.seal('geheim', place)
    await theirs.renew()
    expect(ours.isCurrent(before)).toBe(false)
    expect(ours.keyOf(await ours.seal('neu', place))).toBe(theirs.ring().ids[0])
  })

  test('rings that are changed together lose no key', async () => {
    const path = newPath()
    const boxes = Array.from({ length: 4 }, () => makeAesSecretBox(makeFileRing(path)))
    await Promise.all(boxes.map((each) => each.renew()))
    expect(new Set(boxes[0]?.ring().ids).size).toBe(5)
  })

  test('old keys leave a minute after the newest came, and it never does', async () => {
    const path = newPath()
    const [ours, theirs] = [makeAesSecretBox(makeFileRing(path)), makeAesSecretBox(makeFileRing(path))]
    const old = await ours.seal('geheim', place)
    await ours.renew()
    const { ids, isOwnFile, isSettled } = ours.ring()
    expect([isOwnFile, isSettled, ids.length]).toEqual([true, false, 2])
    expect([await ours.drop(ids), ours.ring().ids.length]).toEqual([false, 2])
    const before = new Date(Date.now() - 61_000)
    utimesSync(path, before, before)
    expect([theirs.ring().isSettled, await ours.drop(ids)]).toEqual([true, true])
    expect([ours.ring().ids, theirs.ring().ids]).toEqual([[ids[0]], [ids[0]]])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(theirs.keyOf(await theirs.seal('neu', place))).toBe(ids[0])
    expect(await problemOf(makeAesSecretBox(makeFileRing(path)).open(old, place))).toMatchObject({
      code: 'connection_broken',
    })
  })

  test('one that was taken away is missed, not made anew', async () => {
    const path = newPath()
    const ours = makeAesSecretBox(makeFileRing(path))
    await ours.seal('geheim', place)
    rmSync(path)
    expect(await problemOf(ours.seal('neu', place))).toMatchObject({ message: `The key file ${path} is gone.` })
    expect(existsSync(path)).toBe(false)
  })
})
