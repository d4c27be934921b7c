/**
 * Words that a query need not answer, by the reason why. None of them is a verb with a meaning of its own, a noun or an adjective that
 * narrows anything.
 */
const groups: readonly (readonly [reason: string, words: string])[] = [
  ['articles and demonstratives point at a noun that is accounted itself', 'a an the this that these those such'],
  [
    'determiners of one thing or of whatever there is repeat what the noun says',
    'any some respective respectively corresponding certain particular specific given own single',
  ],
  [
    'pronouns stand for a noun that is accounted where it is named',
    "i me my we us our you your it its he she they them their his her him theirs itself themselves itself one's 's s ones who whom what which whichever whatever anyone someone somebody anything something each-other",
  ],
  [
    'forms of "be", "do" and the modal verbs only build the sentence',
    "is are was were be been being am do does did can could would will shall should may might must 's 're ve d ll m re",
  ],
  [
    'prepositions attach a noun that is accounted itself',
    'of in on at to for from into onto as within inside about during upon towards toward through via among amongst out off up',
  ],
  ['conjunctions join parts that are accounted themselves', 'and or but if so then than because while also plus'],
  ['question words ask for what the nouns after them name', 'how when where why much many there here'],
  [
    'politeness and discourse ask for nothing',
    'please kindly thanks thank hi hello hmm oh ok okay now just too yet already still ever even well actually really very quite etc',
  ],
  ['marks and letters of the sentence', '&'],
]

/** Whether a word passes without an answer. */
export const functionWords: ReadonlySet<string> = new Set(groups.flatMap(([, words]) => words.split(' ')))

/** Verbs that only say that two nouns belong together; the noun after them, or before them, says to what. */
export const linkingVerbs = new Set(
  (
    'live lives lived living reside resides locate located situated base based come comes came coming contain contains contained containing ' +
    'include includes included involve involves involved use uses used using take takes took taken taking make makes made making get gets got ' +
    'getting give gives gave go goes went going participate participates participated participating keep keeps kept happen happens happened ' +
    'occur occurs occurred appear appears appeared belong belongs call called hold holds held own owns owned owning possess possesses run runs ' +
    'set exist exists existed existing offer offers offered provide provides provided receive receives received correspond corresponds match ' +
    'matches matching register registered assign assigned work works worked working found do doing done join joined attend attends attended ' +
    'place placed produce produces produced producing create creates created creating design designed designs develop developed build built ' +
    'raise raised raises play plays played playing show shows showed shown share shared shares list listed lists affiliated serve serves served serving gotten manufacture manufactured manufactures post posts posted send feature featured host hosted ' +
    'hosts collect collected mention mentioned store stored display displayed want wanted need needs know known say says said see seen look looking'
  ).split(' '),
)

/** Verbs that ask for the answer when they begin a clause, and nouns that name the answer itself. */
export const requestVerbs = new Set(
  'show list find include add give return display tell get print provide fetch select report compute calculate determine identify present retrieve output enumerate state describe want need like know see count name search figure plot chart graph draw visualize visualise'.split(
    ' ',
  ),
)
export const answerNouns = new Set(
  'everything columns fields attributes chart charts graph diagram donut doughnut pie histogram scatterplot record records row rows entry entries result results list information info detail details data database dataset table tables answer'.split(
    ' ',
  ),
)
/** Words after which a verb of asking begins a clause. */
export const clauseStarts = new Set([
  'and',
  'then',
  ',',
  '.',
  '?',
  ';',
  'also',
  'please',
  'to',
  'you',
  'i',
  'would',
  'us',
  'me',
])

/** Units of measure, which a number before them answers. */
export const measureUnits = new Set(
  'dollar dollars usd euro euros kg km cm mm meter meters metre metres kilometer kilometers kilometres mile miles foot feet inch inches pound pounds ton tons minute minutes hour hours second seconds day days week weeks month months year years old age square percent point points star stars cent cents unit units time times people'.split(
    ' ',
  ),
)
