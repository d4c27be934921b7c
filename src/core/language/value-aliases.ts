/** Aliases of values that databases often hold: countries and their adjectives, states and their codes, sexes, yes and no. Lower case. */
const groups = `
usa|us|united states|united states of america|america|american|u s|u s a
uk|united kingdom|great britain|britain|british|england|english
germany|german|deu
france|french|fra
italy|italian|ita
spain|spanish|esp
portugal|portuguese
netherlands|dutch|holland
belgium|belgian
switzerland|swiss
austria|austrian
sweden|swedish
norway|norwegian
denmark|danish
finland|finnish
poland|polish
russia|russian|russian federation
ukraine|ukrainian
greece|greek
turkey|turkish
ireland|irish
scotland|scottish
china|chinese
japan|japanese
korea|korean|south korea
india|indian
australia|australian
new zealand|new zealander
canada|canadian
mexico|mexican
brazil|brazilian
argentina|argentine|argentinian
chile|chilean
peru|peruvian
colombia|colombian
egypt|egyptian
morocco|moroccan
nigeria|nigerian
kenya|kenyan
south africa|south african
israel|israeli
iran|iranian
iraq|iraqi
saudi arabia|saudi
vietnam|vietnamese
thailand|thai
indonesia|indonesian
malaysia|malaysian
philippines|filipino
romania|romanian
bulgaria|bulgarian
hungary|hungarian
czech republic|czech
croatia|croatian
serbia|serbian
cuba|cuban
jordan|jordanian
algeria|algerian
ethiopia|ethiopian
mozambique|mozambican
europe|european
asia|asian
africa|african
middle east|middle eastern
alabama|al
alaska|ak
arizona|az
arkansas|ar
california|ca
colorado|co
connecticut|ct
delaware|de
florida|fl
georgia|ga
hawaii|hi
idaho|id
illinois|il
indiana|in
iowa|ia
kansas|ks
kentucky|ky
louisiana|la
maine|me
maryland|md
massachusetts|ma
michigan|mi
minnesota|mn
mississippi|ms
missouri|mo
montana|mt
nebraska|ne
nevada|nv
new hampshire|nh
new jersey|nj
new mexico|nm
new york|ny
north carolina|nc
north dakota|nd
ohio|oh
oklahoma|ok
oregon|or
pennsylvania|pa
rhode island|ri
south carolina|sc
south dakota|sd
tennessee|tn
texas|tx
utah|ut
vermont|vt
virginia|va
washington|wa
west virginia|wv
wisconsin|wi
wyoming|wy
female|f|woman|women|girl
male|m|man|men|boy
yes|y|true|t
no|n|false
`
function readGroups(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const line of groups.trim().split('\n')) {
    const names = line.split('|')
    for (const name of names) found.set(name, [...(found.get(name) ?? []), ...names.filter((other) => other !== name)])
  }
  return found
}

/** Looks up the aliases of a value. */
export type ValueAliases = (words: string) => readonly string[]

/** Builds the lookup from the groups. */
export function makeValueAliases(): ValueAliases {
  const found = readGroups()
  return (words) => found.get(words) ?? []
}
