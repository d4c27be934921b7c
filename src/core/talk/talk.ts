import type { EarlierTurn } from '../ports/writer.ts'

const ends = '[\\s!.?,:;)…-]*$'
const patterns: readonly (readonly [TalkKind, RegExp])[] = [
  [
    'thanks',
    new RegExp(
      `^(?:(?:ok(?:ay)?|great|perfect|cool|nice)[\\s,!.]+)?(?:many thanks|thanks?|thank you|thx|ty|cheers|much appreciated)(?:[\\s,!.]+(?:you|a lot|so much|very much|again|floe|that (?:was|is) \\w+|that helps|great|perfect|all))*${ends}`,
      'i',
    ),
  ],
  [
    'greeting',
    new RegExp(
      `^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|how are you(?: doing)?(?: today)?)(?:[\\s,!.]+(?:there|floe|all|everyone|how are you))*${ends}`,
      'i',
    ),
  ],
  [
    'bye',
    new RegExp(
      `^(?:bye|bye bye|goodbye|good night|see you|see you later|that(?:'s| is) (?:all|it)|i(?:'m| am) done)(?:[\\s,!.]+(?:now|for now|for today|floe|thanks?))*${ends}`,
      'i',
    ),
  ],
  [
    'ok',
    new RegExp(
      `^(?:ok|okay|k|great|cool|nice|perfect|good|fine|alright|all right|got it|i see|interesting|awesome|wow|sure|right|yes|no|never ?mind)(?:[\\s,!.]+(?:great|cool|nice|perfect|good|thanks?|then|work|job|one))*${ends}`,
      'i',
    ),
  ],
  [
    'help',
    new RegExp(
      `^(?:help(?: me)?|who are you|what are you|what can you do|what do you do|how do(?:es)? (?:you|this|floe|it) work|how do i (?:use|start)(?: this| floe)?)${ends}`,
      'i',
    ),
  ],
  [
    'why',
    new RegExp(
      `^(?:but |and )?(?:why|how come|why(?:'s| is) (?:that|this|it)(?: so)?|how (?:did you|do you) (?:get|know|calculate|compute|work out|come (?:to|up with))(?: (?:that|this|it|to that))?|where does (?:that|this|it) come from|what does (?:that|this|it|the (?:result|answer|query|number)) mean|what do you mean(?: by that)?|explain(?: (?:that|this|it|the (?:result|answer|query|number)))?|how is (?:that|this|it) (?:calculated|computed|worked out)|are you sure)${ends}`,
      'i',
    ),
  ],
]

type TalkKind = 'thanks' | 'greeting' | 'bye' | 'ok' | 'help' | 'why'

const answers: Readonly<Record<Exclude<TalkKind, 'why'>, string>> = {
  thanks: 'You are welcome. Ask on whenever you like.',
  greeting: 'Hello! Ask me something about the data of this connection.',
  bye: 'Goodbye. This conversation is kept; you can go on with it at any time.',
  ok: 'Good. Ask on whenever you like.',
  help: 'I turn questions about the tables of this connection into queries that only read: counts, sums, averages, rankings, lists, filters and trends. Ask "What tables are there?" to see what the data hold.',
}

/** The answer to small talk and to "why?"; null for anything else. "why?" is answered from the explanation of the last query. */
export function answerSmallTalk(question: string, history: readonly EarlierTurn[]): string | null {
  const text = question.trim().replaceAll('’', "'")
  const kind = patterns.find(([, pattern]) => pattern.test(text))?.[0]
  if (kind === undefined) return null
  return kind === 'why' ? explainLast(history) : answers[kind]
}

function explainLast(history: readonly EarlierTurn[]): string {
  const last = history.findLast((turn) => turn.sql !== null)
  if (last === undefined) return 'There is no answer yet to explain. Ask a question about the data first.'
  const explanation = last.explanation ?? null
  const told = explanation === null ? `This query answered it: ${last.sql ?? ''}` : explanation
  return last.question === '' ? told : `You asked "${last.question}". ${told}`
}

/** A language in which a question may be asked although it cannot be read. */
interface OtherLanguage {
  /** Common words that are no English words, without accents. */
  readonly words: ReadonlySet<string>
  /** Says in that language that questions are understood in English. */
  readonly reason: string
}

const language = (words: string, reason: string): OtherLanguage => ({ words: new Set(words.split(' ')), reason })

const languages: readonly OtherLanguage[] = [
  language(
    'wie viele wieviele welche welcher welches der das den dem des und ist sind nicht fur mit von nach pro gibt zeige zeig alle ich ein eine einen einem haben wurden wurde im aus bei uber zum zur auf jahr monat letzten kunden bestellungen umsatz wer wann warum',
    'Ohne Sprachmodell verstehe ich Fragen nur auf Englisch. Bitte stellen Sie die Frage auf Englisch oder wählen Sie ein Sprachmodell.',
  ),
  language(
    'combien quel quelle quels quelles les des du le la est sont et dans par pour avec une un clients commandes montre montrez donne moi qui sur chaque annee mois ete ont il elle nous ventes chiffre affaires quand pourquoi ou y a t',
    "Sans modèle de langage, je ne comprends les questions qu'en anglais. Posez la question en anglais ou choisissez un modèle.",
  ),
  language(
    'cuantos cuantas cuanto que cual cuales los las el la de del por en con y para hay muestra muestrame dame clientes pedidos cada ano mes fueron son es una un ventas quien cuando donde nos se tenemos',
    'Sin un modelo de lenguaje solo entiendo preguntas en inglés. Haga la pregunta en inglés o elija un modelo.',
  ),
  language(
    'quanti quante quanto quale quali gli il lo la i dei delle della nel nella per con ci sono e mostra mostrami clienti ordini anno mese che di del vendite chi dove ogni abbiamo',
    'Senza un modello linguistico capisco solo domande in inglese. Fai la domanda in inglese o scegli un modello.',
  ),
  language(
    'quantos quantas quanto qual quais os dos das em por com para ha foram sao mostre mostra clientes pedidos ano mes cada nao uma um de da vendas quem quando onde temos existem',
    'Sem um modelo de linguagem, só entendo perguntas em inglês. Faça a pergunta em inglês ou escolha um modelo.',
  ),
  language(
    'hoeveel welke de het een van zijn er met voor klanten bestellingen toon geef jaar maand niet werden naar uit omzet wie wanneer waar hebben ons elke alle',
    'Zonder taalmodel begrijp ik alleen vragen in het Engels. Stel de vraag in het Engels of kies een model.',
  ),
]

const english = new Set(
  'the of how many what which is are by for and show list all with from to me each who where when do does did have has was were that this number total average give find tell'.split(
    ' ',
  ),
)
const leastShare = 0.3

/**
 * Says in the language of a question that questions are read in English only; null for a question that is English or too short to tell.
 * Only words in lower case and the first one count, so that names such as "Las Vegas" do not.
 */
export function declineInOwnLanguage(question: string): string | null {
  const words = (question.replaceAll(/["“'`][^"”'`]+["”'`]/g, ' ').match(/\p{L}+/gu) ?? [])
    .filter((word, place) => place === 0 || word === word.toLowerCase())
    .map((word) => word.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, ''))
  const hitsOf = (known: ReadonlySet<string>): number => new Set(words.filter((word) => known.has(word))).size
  const [best] = languages
    .map(({ words: known, reason }) => ({ hits: hitsOf(known), reason }))
    .sort((a, b) => b.hits - a.hits)
  if (best === undefined || best.hits < 2 || best.hits < words.length * leastShare) return null
  return best.hits > hitsOf(english) ? best.reason : null
}
