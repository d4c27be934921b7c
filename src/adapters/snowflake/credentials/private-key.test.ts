import { generateKeyPairSync, createPrivateKey, createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { presentProblem } from '../../../core/problem.ts'
import { makePrivateKey, readPrivateKey } from './key-pair.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (options: Record<string, unknown>): string =>
  rsa.privateKey.export({ format: 'pem', type: 'pkcs8', ...options } as { format: 'pem'; type: 'pkcs8' }).toString()
const encrypted = { cipher: 'aes-256-cbc', passphrase: 'pass phrase ✓' }
const [pkcs8, pkcs1] = [pem({}), pem({ type: 'pkcs1' })]
/** The cipher is refused before anything is decrypted, so that any content does. */
const retiredCipher = pkcs1
  .replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,C3C05EE757C319D8\n\n')
  .replace(/\n\nMII/, '\n\nAAA')
const spki = rsa.publicKey.export({ type: 'spki', format: 'der' })

describe('a private key', () => {
  test.each([
    ['PKCS#8', pkcs8, null],
    ['PKCS#1', pkcs1, null],
    ['PKCS#8, encrypted', pem(encrypted), encrypted.passphrase],
    ['PKCS#1, encrypted', pem({ ...encrypted, type: 'pkcs1' }), encrypted.passphrase],
    ['a needless passphrase', pkcs8, 'x'],
    ['Windows line ends', pkcs8.replaceAll('\n', '\r\n'), null],
    ['one line', pkcs8.replaceAll('\n', ' '), null],
    ['written-out line ends', pkcs8.replaceAll('\n', '\\n'), null],
    ['no line ends at all', pkcs1.replaceAll('\n', ''), null],
    ['text around it', `Bag Attributes\n  x: y\n${pkcs8}\nend`, null],
    [
      'encrypted, Windows line ends',
      pem({ ...encrypted, type: 'pkcs1' }).replaceAll('\n', '\r\n'),
      encrypted.passphrase,
    ],
  ])('is read: %s', (_, text, passphrase) => {
    const key = readPrivateKey(text, passphrase)
    expect(createPrivateKey(key.privateKeyPem).equals(rsa.privateKey)).toBe(true)
    expect(key.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    expect(key.publicKey).toBe(spki.toString('base64'))
    expect(key.fingerprint).toBe(`SHA256:${createHash('sha256').update(spki).digest('base64')}`)
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  test.each([
    ['nothing', '', null, 'PEM'],
    ['a word', 'hunter2', null, 'PEM'],
    ['cut off', pkcs8.slice(0, 400), null, 'PEM'],
    ['damaged inside', pkcs8.replace(/\n[A-Za-z0-9+/]{20}/, '\n'), null, 'damaged'],
    ['encrypted without passphrase', pem(encrypted), null, 'encrypted'],
    ['encrypted with an empty passphrase', pem(encrypted), '', 'encrypted'],
    ['wrong passphrase', pem(encrypted), 'wrong', 'passphrase'],
    ['wrong passphrase, PKCS#1', pem({ ...encrypted, type: 'pkcs1' }), 'wrong', 'passphrase'],
    ['encrypted with a retired cipher', retiredCipher, 'right', 'no longer supported'],
    ['elliptic curve, PKCS#8', ec.export({ type: 'pkcs8', format: 'pem' }).toString(), null, 'type ec'],
    ['elliptic curve, SEC1', ec.export({ type: 'sec1', format: 'pem' }).toString(), null, 'type EC'],
    ['too short', short.export({ type: 'pkcs8', format: 'pem' }).toString(), null, '1024 bits'],
    ['the public half', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), null, 'public half'],
    ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', null, 'OpenSSH'],
  ])('is refused in words, nothing of it repeated: %s', (_, text, passphrase, says) => {
    let thrown: unknown
    try {
      readPrivateKey(text, passphrase)
    } catch (error) {
      thrown = error
    }
    const problem = presentProblem(thrown)
    expect(problem).toMatchObject({ code: 'bad_request', message: expect.stringContaining(says) as string })
    const secrets = [passphrase ?? '', ...text.split(/\s/)].filter((word) => word.length > 12 || word === 'hunter2')
    expect(secrets.filter((secret) => JSON.stringify(problem).includes(secret))).toEqual([])
  })

  test('a wrong passphrase is called wrong, also where what it leaves ends like a text (1 in 256)', () => {
    for (let time = 0; time < 1_000; time += 1)
      expect(() => readPrivateKey(pem({ ...encrypted, type: 'pkcs1' }), 'wrong')).toThrow('passphrase does not open')
  })

  test('a new one signs in', async () => {
    const key = await makePrivateKey()
    expect(readPrivateKey(key.privateKeyPem, null)).toEqual(key)
    expect(createPrivateKey(key.privateKeyPem).asymmetricKeyDetails?.modulusLength).toBe(3_072)
  })
})
