import type { ChartKind } from '../../contract/result.ts'

/** How a question asks to be drawn. */
export interface ChartWish {
  /** Null where no kind is named that is drawn here. */
  readonly kind: ChartKind | null
  /** The name of a kind that is not drawn here, as it was written; null for none. */
  readonly unknown: string | null
  /** A small chart for each group. */
  readonly panels: {
    /** The words that name the groups, in small letters; empty where none do. */
    readonly by: readonly string[]
  } | null
}

interface ChartPart extends ChartWish {
  /** The words in the question that say nothing but this; offsets in UTF-16 code units, the end exclusive. */
  readonly from: number
  readonly to: number
}

/** What a question says of how its answer is drawn; null where it says nothing. */
export function readChartWish(question: string): ChartWish | null {
  const parts = partsOf(question)
  const pick = <T>(read: (part: ChartPart) => T | null): T | null =>
    parts.map(read).find((found) => found !== null) ?? null
  const panels = pick((part) => part.panels)
  // "One chart per region, as lines" and "a pie, no, a table": what is said of the kind first counts, no chart before any.
  const kind = parts.some((part) => part.kind === 'table') ? 'table' : pick((part) => part.kind)
  return parts.length === 0 ? null : { kind, panels, unknown: kind === null ? pick((part) => part.unknown) : null }
}

/**
 * The question with spaces in place of the words that only say how to draw its answer: they name no table, column or value. What is left keeps
 * its place, and a group that is named with them ("one chart *per region*") stays.
 */
export function withoutChartWords(question: string): string {
  let left = question
  for (const { from, to } of partsOf(question)) left = left.slice(0, from) + ' '.repeat(to - from) + left.slice(to)
  return left
}

/** How to draw is said in a question, not in a document that was pasted. */
const longestRead = 2_000

/** Made for the first question that needs them: reading forty patterns as long as these would be a tenth of the start of a server. */
let rules: ReturnType<typeof makeRules> | null = null

function partsOf(asked: string): readonly ChartPart[] {
  const question = asked.slice(0, longestRead)
  if (!drawing.test(question)) return []
  const found: ChartPart[] = []
  const taken = [...question.matchAll(quoted)].map(({ index, 0: { length } }) => [index, index + length] as const)
  rules ??= makeRules()
  for (const [pattern, says] of rules) {
    for (const match of question.matchAll(pattern)) {
      const [from, to] = [match.index, match.index + match[0].length]
      if (taken.some(([start, end]) => from < end && start < to)) continue
      taken.push([from, to])
      found.push({ from, to, ...readPart(says, match[0], question.slice(0, from), question.slice(to)) })
    }
  }
  return found.toSorted((a, b) => a.from - b.from)
}

const quoted = /"[^"]*"|“[^”]*”|‘[^’]*’|(?<![\p{L}\p{N}])'[^']+'(?![\p{L}\p{N}])/gu

type Says = 'kind' | 'panels' | 'table'

function readPart(says: Says, words: string, before: string, after: string): ChartWish {
  if (says === 'table') return { kind: 'table', unknown: null, panels: null }
  const kind = kindWords.find(([pattern]) => pattern.test(words))?.[1] ?? null
  const unknown = kind === null ? (unknownKinds.exec(words)?.[0].toLowerCase() ?? null) : null
  return { kind, unknown, panels: says === 'panels' ? { by: groupsNamed(before, after) } : null }
}

const each =
  'per|by|for (?:each|every|all)(?: of)?|each|pro|je|nach|für (?:jede[nmrs]?|alle)|par|pour chaque|por|para cada|per ogni|per ciascun[ao]?|voor (?:elke?|iedere?)'
const articles = 'the|der|die|das|den|la|le|les|el|los|las|il|lo|i|o|a|os|as|de|het'
const words = String.raw`[\p{L}\p{N}_]{1,60}(?![\p{L}\p{N}_])`
const groupAfter = new RegExp(String.raw`^\s*(?:${each})\s+(?:(?:${articles})\s+)?(${words}(?: ${words}){0,2})`, 'iu')
const groupBefore = new RegExp(
  String.raw`\b(?:each|every|per)\s+(?:of the\s+)?(${words}(?: ${words})?)[\s,]*(?:is |are |shown |drawn )?$`,
  'iu',
)
const groupEnds = /\b(?:and|or|with|in|of|for|over|from|where|since|und|mit|et|y|e|en)\b.*/iu

/** The words of the group that a small chart is asked for: those after "per", or before "in its own chart". */
function groupsNamed(before: string, after: string): readonly string[] {
  const [, named = ''] = groupAfter.exec(after) ?? groupBefore.exec(before) ?? []
  return named
    .toLowerCase()
    .replace(groupEnds, '')
    .split(' ')
    .filter((word) => word !== '')
}

/** The kinds by their words, in the languages that are read; the first that fits decides. */
const kindWords: readonly (readonly [RegExp, ChartKind])[] = [
  [/stacked|gestapelt|gestapeld|empil|apilad|impilat|empilhad/i, 'stacked-bar'],
  [
    /grouped|clustered|side[ -]by[ -]side (?:bar|column)|gruppiert|groupé|agrupad|raggruppat|gegroepeerd/i,
    'grouped-bar',
  ],
  [/horizontal|liegend|orizzontal/i, 'horizontal-bar'],
  [/\bpies?\b|do(?:ugh)?nut|kreis|torte|kuchen|ringdiagr|camembert|circula|secteur|anneau/i, 'donut'],
  [/pastel|torta|tarta|sectores|anillo|ciambella|anello|pizza|setores|rosca|taart|cirkel/i, 'donut'],
  [/scatter|streu|punktdiagr|punktewolke|nuage|dispers|spreiding/i, 'scatter'],
  [/\bareas?\b|fläche|flaeche|\baires?\b|área|vlak/i, 'area'],
  [/\blines?\b|linie|kurve|courbe|\blignes?\b|línea|linea|linee|linha|lijn/i, 'line'],
  [/\bbars?\b|\bcolumns?\b|balken|säule|saeule|stabdiagr|\bbarres?\b|\bbarras?\b|\bbarre\b|staaf|kolom/i, 'bar'],
]

const notDrawn =
  'heat ?maps?|histograms?|tree ?maps?|radar|spider|box ?plots?|funnels?|gauges?|bubbles?|waterfalls?|sankey|gantt|maps?|candlesticks?|word clouds?'
const unknownKinds = new RegExp(
  `${notDrawn}|heatmap|wärmekarte|histogramm|landkarte|netzdiagramm|carte de chaleur|mapa de calor|mappa di calore`,
  'iu',
)

const wished = 'pies?|donuts?|doughnuts?|bars?|columns?|lines?|areas?|scatter ?plots?|scatter'
const looks =
  '(?:(?:stacked|grouped|clustered|horizontal|vertical|side[ -]by[ -]side|simple|plain|smooth|small|big) ){0,4}'
const nouns = '(?:chart|graph|plot|diagram)s?'
const making = `(?:(?:make|create|build|render|produce|generate|turn|change|switch|convert)(?: me| us| it| this| that| them| the (?:${nouns}|results?|answer))? (?:(?:in)?to )?)?`
const into = `${making}(?:(?:as|in|into|using|with) )?(?:(?:an?|the|one|some) )?`
const about = '(?:,? (?:of|showing|comparing)(?: the)?)?'
const german =
  '(?:kreis|torten|kuchen|ring|donut|balken|säulen|saeulen|stab|linien|kurven|flächen|flaechen|streu|punkt|netz)-?(?:diagramm|grafik|graph|chart)(?:e[ns]?|en|s)?'
const germanLooks = '(?:(?:gestapelte|gruppierte|liegende|horizontale|kleine)[snmr]? ){0,3}'
const germanNouns = '(?:diagramme?|grafik(?:en)?|charts?|schaubild(?:er)?)'
const romance =
  "(?:diagramme|graphique|gráfico|grafico|diagrama|diagramma)s? (?:(?:en|de|a|à|em|in|di|d[’']) ?)?(?:barres?|barras|barre|colonnes|columnas|colonne|colunas|courbes?|lignes?|líneas?|lineas?|linee|linhas?|linéaire|lineal|aires?|área|area|secteurs|anneau|circulaire|circular|sectores|setores|pastel|torta|tarta|pizza|rosca|ciambella|anello|anillo|dispersión|dispersion|dispersione|dispersão)(?: (?:empilées|groupées|horizontales|apiladas|agrupadas|empilhadas|impilate|raggruppate|orizzontali|horizontais))?"

const startsWord = '(?<![\\p{L}\\p{N}_@.])'
const endsWord = '(?![\\p{L}\\p{N}_])'
const rule = (says: Says, ...sources: readonly string[]): readonly (readonly [RegExp, Says])[] =>
  sources.map((source) => [new RegExp(`${startsWord}(?:${source})${endsWord}`, 'giu'), says])

/** How a chart of a group is told from one of all. */
const apart =
  '(?:(?:(?:its|their|an?) )?(?:very )?(?:own|separate|individual|different)(?: small)?|separate|individual|different) '
const kindBefore = `(?:${looks}(?:${wished}) )?`
const eachAhead = `(?=,? (?:${each})${endsWord})`
/** What may follow "as lines", so that "as line items" is not one. */
const goesOn = '(?=\\s*(?:[,;.!?)]|$|(?:please|and|but|then|of|by|per|for|showing|over|in|with)\\b))'
const endOfWish = '(?=\\s*(?:[,;.!?)]|$|please|and|but|then))'

/** The words of which each rule below needs one: most questions have none, and need not be compared with every rule. */
const drawing =
  /chart|graph|gr[áa]fi|plot|diagram|panel|facet|multiples|trellis|schaubild|tab[eul]|zahlen|list|picture|visuali|draw|number|figure|pie|do(?:ugh)?nut|bar|column|line|area|scatter|map|histo|radar|spider|box|funnel|gauge|bubble|waterfall|sankey|gantt|candle|cloud|stack|group|cluster|horizontal|side|gestapel|gruppier|balken|säulen|linie|kurve|torte|kreis|fläche|wärme|camembert|courbe|nuage|carte/iu

/** Phrases that say how to draw, the most telling first. A word that may be a name ("line", "stacked") needs others beside it. */
const makeRules = (): readonly (readonly [RegExp, Says])[] => [
  // Small charts. "A bar chart per region" is a bar chart with a bar for each.
  ...rule(
    'panels',
    `${making}(?:(?:as|in|with|using|into) )?an? (?:(?:separate|small|little|mini|own|individual|single) ){1,4}${kindBefore}(?:${nouns}|panel)${eachAhead}`,
    `${making}(?:(?:as|in|with|using|into) )?(?:(?:one|separate|individual|small|little|mini|tiny|single) ){1,4}${kindBefore}(?:${nouns}|panels?|facets?)${eachAhead}`,
    `${making}(?:(?:as|in|with) )?an? ${nouns}(?=,? (?:per|for (?:each|every))${endsWord})`,
    `${making}(?:(?:as|in|with|using) )?small multiples(?: of)?`,
    `(?:(?:as|in|with|using|into) )?(?:several |many )?(?:small|little|mini|tiny|separate|individual) ${kindBefore}${nouns}(?: of)?`,
    `(?:facet(?:ed)?|trellis(?:ed)?|split into (?:${nouns}|panels))${eachAhead}`,
    `(?:with )?(?:each|every one) (?:in|as|on) (?:its|their|an?) (?:own |separate ){1,2}${kindBefore}(?:${nouns}|panel)`,
    `(?:each )?(?:in|as|on|with|gets?|has) ${apart}${kindBefore}(?:${nouns}|panels?)(?: of (?:its|their) own)?${endOfWish}`,
    `(?:in|with) an? (?:small )?${kindBefore}(?:${nouns}|panel) of (?:its|their) own`,
    `(?:jeweils |je )?(?:ein(?:e|en)?(?: eigene[sn]?| kleine[sn]?| eigenes kleines)?|kleine|einzelne|getrennte|mehrere kleine) (?:${germanNouns}|${german})${eachAhead}`,
    `un (?:petit )?graphique${eachAhead}|un gr[áa]fico${eachAhead}|um gráfico${eachAhead}|een (?:kleine )?grafiek${eachAhead}`,
  ),
  // A table, and no chart.
  ...rule(
    'table',
    `${making}(?:as|in|into) (?:an? |the )?(?:plain |simple )?(?:table|tabular form(?:at)?|list of (?:numbers|figures))`,
    `(?<=[,;.(–-]\\s*|^|\\b(?:and|but|please)\\s+)(?:please )?(?:with )?(?:no|not an?|without(?: an?| any| the)?) (?:${kindBefore}${nouns}|picture|visuali[sz]ation|drawing)${endOfWish}`,
    `without (?:an? |any )?(?:${nouns}|picture|visuali[sz]ation)(?=\\s*[.!?]*\\s*$)`,
    `(?:do not|don['’]t) (?:draw|plot|chart|graph)(?: (?:it|that|this|anything|an?(?: ${nouns})?))?`,
    `(?<=[,;.(–-]\\s*|\\b(?:and|but)\\s+)(?:just|only) (?:as )?(?:the |an? )?(?:table|numbers|figures)${endOfWish}`,
    `als (?:eine )?(?:einfache )?tabelle|in (?:einer|der) tabelle|tabellarisch|nur (?:die |als |eine ){0,3}(?:tabelle|zahlen)`,
    `(?:bitte )?(?:kein(?:e|en)?|ohne(?: ein(?:e|en)?)?) (?:${germanNouns}|${german})`,
    `sous forme de tableau|(?:dans|en|comme) (?:un )?tableau|sans graphique|pas de graphique`,
    `(?:como|en|em|numa) (?:una |uma )?(?:tabla|tabela)|sin (?:ningún )?gráfico|sem (?:nenhum )?gráfico`,
    `(?:come|in) (?:una )?tabella|senza grafic[oi]|nessun grafico|als (?:een )?tabel|in een tabel|geen grafiek|zonder grafiek`,
  ),
  // Kinds.
  ...rule(
    'kind',
    `${into}${looks}(?:${wished}|${notDrawn}) ${nouns}${about}`,
    `${making}(?:as|into) (?:an? |the |some )?${looks}(?:${wished}|${notDrawn})${goesOn}`,
    `(?:make|turn|change|switch|convert)(?: it| this| that| them| the (?:${nouns}|results?|answer))(?: (?:in)?to)? (?:an? |the |some )?${looks}(?:${wished}|${notDrawn})${endOfWish}`,
    `${into}(?:stacked|grouped|clustered|horizontal|side[ -]by[ -]side) (?:bars?|columns?|areas?)`,
    `(?<=^|\\b(?:draw|plot|show|make|give|create)(?: me| us)? )an? (?:pie|donut|doughnut|scatter ?plot|${notDrawn}) of(?: the)?`,
    `(?:as |in |on )?(?:an? )?(?:heat ?map|tree ?map|histogram|scatter ?plot|box ?plot)${about}`,
    `(?<=^\\s*)stacked|stacked(?= (?:by|per|for each|upon each other)${endsWord})|(?:as |and )?stacked${endOfWish}`,
    `(?:als |in |mit |im )?(?:ein(?:e[mnr]?)? |dem |der )?${germanLooks}${german}(?: (?:von|der|des|mit))?`,
    `als (?:eine? )?${germanLooks}(?:balken|säulen|linien?|kurven?|torte|kreis|flächen?|heatmap|wärmekarte|histogramm)|gestapelt|gruppiert`,
    `(?:als |in )?(?:een )?(?:gestapelde? |gegroepeerde? )?(?:staaf|kolom|lijn|vlak|taart|cirkel|ring|spreidings)(?:diagram|grafiek)(?:men|en)?|gestapeld`,
    `(?:(?:comme|como|come|en|em|in|con|com|avec) )?(?:(?:une?|una?|um|uma) )?${romance}`,
    `(?:en|comme un) camembert|en (?:courbes?|barres?)(?: empilées| groupées)?|nuage de points|barras (?:apiladas|empilhadas|agrupadas)|barre (?:impilate|raggruppate)|carte de chaleur|mapa de calor|mappa di calore`,
  ),
]
