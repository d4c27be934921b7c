import type { PageLanguage } from '../../contract/preferences.ts'

/** Where the browser keeps the language that a person chose: it is needed before anything else of the page runs. */
const languageKey = 'floe.language'

/** A text with a count in it: one form for one thing, another for any other number. */
export interface Plural {
  readonly one: string
  readonly other: string
}

/** The texts of one part of the page. Names in braces stand for values: `Moved to {folder}`. */
export interface Words {
  readonly [name: string]: string | Plural | Words
}

/** What a translation of some texts must hold: the same names, any text. */
export type Translated<W> = { readonly [N in keyof W]: W[N] extends string ? string : Translated<W[N]> }

type NamesIn<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never

type ValuesFor<T> = T extends Plural
  ? Readonly<Record<NamesIn<T['one' | 'other']>, string | number>> & { readonly count: number }
  : Readonly<Record<NamesIn<T>, string | number>>

/** The first of the wanted languages that the page speaks; English where there is none. */
export function chooseLanguage(wanted: readonly (string | null)[]): PageLanguage {
  const spoken = wanted.map((each) => each?.slice(0, 2).toLowerCase()).find((each) => each === 'en' || each === 'de')
  return spoken ?? 'en'
}

/** The language of this page until it is loaded again: the chosen one, or else the browser's. */
export const language: PageLanguage = 'document' in globalThis ? chooseLanguage(wantedHere()) : 'en'

/** A browser that keeps nothing for the page throws when it is asked. */
function wantedHere(): readonly (string | null)[] {
  try {
    return [localStorage.getItem(languageKey), ...navigator.languages]
  } catch {
    return navigator.languages
  }
}

/** Keeps the chosen language for when the page is loaded; null for the browser's. Says whether the browser kept it. */
export function keepLanguage(chosen: PageLanguage | null): boolean {
  try {
    if (chosen === null) localStorage.removeItem(languageKey)
    else localStorage.setItem(languageKey, chosen)
    return localStorage.getItem(languageKey) === chosen
  } catch {
    return false
  }
}

/** How this page writes counts, sizes and durations within its texts. */
export const languageLocale = language === 'de' ? 'de-DE' : 'en-US'

// Modules that use texts wait here, so that none of them ever holds an English text on a German page.
const translation: Readonly<Record<string, unknown>> =
  language === 'de' ? { ...(await import('./german/index.ts')) } : {}

/** The texts of a part in the language of this page, by the name under which `german/index.ts` exports them. */
export const inLanguage = <const W extends Words>(part: string, english: W): W =>
  (translation[part] as W | undefined) ?? english

const plurals = new Intl.PluralRules(languageLocale)

/** A text with its values filled in. `count` chooses between the forms of a plural; numbers are written as the language writes them. */
export function say<const T extends string | Plural>(text: T, values: ValuesFor<T>): string {
  const given: Readonly<Record<string, string | number>> = values
  const form = typeof text === 'string' ? text : plurals.select(Number(given.count)) === 'one' ? text.one : text.other
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = given[name]
    return typeof value === 'number' ? value.toLocaleString(languageLocale) : (value ?? whole)
  })
}

/** The pieces of a text, in order, with what stands for each name: to put links, code or emphasis into a sentence. */
export function sayPieces<const T extends string, P>(
  text: T,
  pieces: Readonly<Record<NamesIn<T>, P>>,
): readonly (string | P)[] {
  const given: Readonly<Record<string, P>> = pieces
  return text.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : (given[piece] ?? piece)))
}
