const irregularPlurals: Readonly<Record<string, string>> = {
  ids: 'id',
  people: 'person',
  persons: 'person',
  men: 'man',
  women: 'woman',
  children: 'child',
  feet: 'foot',
  teeth: 'tooth',
  mice: 'mouse',
  geese: 'goose',
  indices: 'index',
  matrices: 'matrix',
  vertices: 'vertex',
  criteria: 'criterion',
  phenomena: 'phenomenon',
  analyses: 'analysis',
  diagnoses: 'diagnosis',
  bases: 'base',
  crises: 'crisis',
  leaves: 'leaf',
  lives: 'life',
  wives: 'wife',
  knives: 'knife',
  shelves: 'shelf',
  halves: 'half',
  movies: 'movie',
  cookies: 'cookie',
  ties: 'tie',
  calories: 'calorie',
  buses: 'bus',
  statuses: 'status',
  gases: 'gas',
  curricula: 'curriculum',
  alumni: 'alumnus',
  aircrafts: 'aircraft',
  heroes: 'hero',
  shoes: 'shoe',
  heads: 'head',
}

/** Words ending in "s" that are singular or have no other singular. */
const fixedForms = new Set(
  (
    'status address bus gas class process access express business series species news sales goods earnings savings analysis basis ' +
    'crisis always yes this his its is was has does as us less plus bonus campus census virus lens focus genus atlas canvas ' +
    'mathematics physics economics politics electronics athletics statistics logistics gross pass mass loss boss cross dress glass ' +
    'grass press stress success tennis texas paris kansas illinois arkansas massachusetts headquarters mpls mars chess bias'
  ).split(' '),
)

/** The singular of an English noun in lower case; other words are returned unchanged. */
export function singular(word: string): string {
  const irregular = Object.hasOwn(irregularPlurals, word) ? irregularPlurals[word] : undefined
  if (irregular !== undefined) return irregular
  if (word.length < 4 || !word.endsWith('s') || fixedForms.has(word)) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ss|us|is)$/.test(word)) return word
  if (/(?:x|ch|sh|ss|zz|o)es$/.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}

const irregularRoots: Readonly<Record<string, string>> = {
  bought: 'buy',
  sold: 'sell',
  paid: 'pay',
  spent: 'spend',
  wrote: 'write',
  written: 'write',
  made: 'make',
  held: 'hold',
  won: 'win',
  lost: 'lose',
  built: 'build',
  taught: 'teach',
  taken: 'take',
  took: 'take',
  given: 'give',
  gave: 'give',
  led: 'lead',
  ran: 'run',
  began: 'begin',
  begun: 'begin',
  sang: 'sing',
  sung: 'sing',
  flew: 'fly',
  flown: 'fly',
  drove: 'drive',
  driven: 'drive',
  born: 'birth',
  sent: 'send',
  shown: 'show',
  grew: 'grow',
  died: 'die',
  dying: 'die',
  owed: 'owe',
  publication: 'publish',
  registration: 'register',
  admission: 'admit',
  subscription: 'subscribe',
  prescription: 'prescribe',
  description: 'describe',
  receipt: 'receive',
  departure: 'depart',
  decision: 'decide',
  marriage: 'marry',
  sale: 'sell',
  comment: 'comment',
  moment: 'moment',
  segment: 'segment',
  enrollment: 'enroll',
  enrolment: 'enroll',
  weighs: 'weight',
  weigh: 'weight',
  weighed: 'weight',
  weighing: 'weight',
  tall: 'height',
  taller: 'height',
}

const suffixes: readonly (readonly [RegExp, string])[] = [
  [/(?:ization|isation)$/, 'iz'],
  [/ication$/, 'y'],
  [/(?:ation|ition)$/, ''],
  [/(?:tion|sion)$/, 't'],
  [/(?:ments?)$/, ''],
  [/(?:ings?)$/, ''],
  [/(?:ied|ier|iers)$/, 'y'],
  [/(?:ors?|ers?)$/, ''],
  [/(?:ed)$/, ''],
  [/(?:ally|ly)$/, ''],
  [/(?:ship|ness|ance|ence|al|ity)$/, ''],
]

/**
 * A stem that related words share ("shipped", "shipper" and "shipping" have the same one). Only useful for comparing words with
 * each other. Takes a lower-case word.
 */
export function rootOf(word: string): string {
  const noun = singular(word)
  const irregular = [word, noun].find((form) => Object.hasOwn(irregularRoots, form))
  if (irregular !== undefined) return trimRoot(irregularRoots[irregular] ?? noun)
  for (const [suffix, replacement] of suffixes) {
    const cut = noun.replace(suffix, replacement)
    if (cut !== noun && cut.length >= 3) return trimRoot(cut)
  }
  return trimRoot(noun)
}

/** Drops a doubled last consonant, a silent "e" and a final "y", which disappear before suffixes. */
function trimRoot(root: string): string {
  if (root.length < 4) return root
  const single = root.replace(/([bdfgklmnprtv])\1$/, '$1')
  return single.length >= 4 ? single.replace(/[eiy]$/, '') : single
}
