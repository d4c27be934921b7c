/** Every promise that README.md makes, by id. A test cites the ids it proves in its title, as `[only-reads]`. */
export const promises = [
  'only-reads',
  'judged-twice',
  'approved-text',
  'exact-values',
  'proved-limit',
  'stop-stops',
  'nothing-lost',
  'own-rows',
  'same-events',
  'no-secrets',
  'says-what-to-do',
  'names-only',
  'watched-role',
] as const
