import { ChevronDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { useFormats } from '../../ui/formats.ts'
import { detailWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'

/** A value of a JSON text. Numbers keep the digits they were written with; the entries of an object keep their order and repeated names. */
export type JsonNode =
  | { readonly kind: 'text'; readonly text: string }
  /** Numbers, true, false and null as they are written. */
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'list' | 'object'
      readonly entries: readonly { readonly name: string; readonly value: JsonNode }[]
    }

/** JSON that is deeper, longer or of more values than this is shown as text: to read more would hold the page up. */
const [mostDeep, mostLong, mostValues] = [200, 2_000_000, 200_000]

/** Reads JSON without turning its numbers into doubles; null for text that is none. */
export function readJson(text: string): JsonNode | null {
  if (text.length > mostLong || !/^\s*[[{]/.test(text)) return null
  const reader = makeReader(text)
  try {
    const value = reader.value(0)
    return reader.isAtEnd() ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const token = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const [quote, backslash, space] = [34, 92, 32]
const blanks = ' \t\r\n'

/** Reads from character to character: expressions take several times as long for a megabyte. */
function makeReader(text: string) {
  let at = 0
  let values = 0
  const isNext = (sign: string): boolean => {
    while (blanks.includes(text.charAt(at)) && at < text.length) at += 1
    if (text[at] !== sign) return false
    at += 1
    return true
  }
  const need = (sign: string): void => {
    if (!isNext(sign)) throw new SyntaxError('This is no JSON.')
  }
  /** The rest of a string whose first quote was read. */
  const string = (): string => {
    const from = at
    let hasEscapes = false
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(at)) {
      // Not a number behind the end of the text.
      if (!(code >= space)) throw new SyntaxError('This is no JSON.')
      hasEscapes ||= code === backslash
      at += code === backslash ? 2 : 1
    }
    at += 1
    return hasEscapes ? String(JSON.parse(text.slice(from - 1, at))) : text.slice(from, at - 1)
  }
  const plain = (): string => {
    token.lastIndex = at
    const found = token.exec(text)?.[0]
    if (found === undefined) throw new SyntaxError('This is no JSON.')
    at += found.length
    return found
  }
  const entries = (end: string, depth: number) => {
    const all: { readonly name: string; readonly value: JsonNode }[] = []
    if (isNext(end)) return all
    do {
      if (end === '}') need('"')
      const name = end === '}' ? string() : String(all.length)
      if (end === '}') need(':')
      all.push({ name, value: value(depth + 1) })
    } while (isNext(','))
    need(end)
    return all
  }
  const value = (depth: number): JsonNode => {
    values += 1
    if (depth > mostDeep || values > mostValues) throw new SyntaxError('This JSON is too deep or has too many values.')
    if (isNext('{')) return { kind: 'object', entries: entries('}', depth) }
    if (isNext('[')) return { kind: 'list', entries: entries(']', depth) }
    return isNext('"') ? { kind: 'text', text: string() } : { kind: 'plain', text: plain() }
  }
  return {
    value,
    isAtEnd(): boolean {
      return text.slice(at).trim() === ''
    },
  }
}

/** Characters that are laid out at once: more in one piece would hold the page up. */
export const sliceLength = 20_000

/** A text of any length, in pieces: the first at once, each other when it is asked for. */
export function LongText({ text }: { readonly text: string }) {
  const [slices, setSlices] = useState(1)
  const { locale } = useFormats()
  const left = text.length - slices * sliceLength
  const next = Math.min(sliceLength, left)
  return (
    <>
      {Array.from({ length: slices }, (_, at) => (
        <p
          // oxlint-disable-next-line react/no-array-index-key -- the position is a slice's identity
          key={at}
          dir="auto"
          className="tabular [contain:content] whitespace-pre-wrap break-words [overflow-wrap:anywhere]"
        >
          {text.slice(at * sliceLength, (at + 1) * sliceLength)}
        </p>
      ))}
      {left > 0 && (
        <p className="flex flex-wrap items-center gap-3 text-fg-3">
          <Button size="sm" onClick={() => setSlices(slices + 1)}>
            {say(words.showMore, { count: next })}
          </Button>
          {say(words.left, { count: left, amount: left.toLocaleString(locale) })}
        </p>
      )}
    </>
  )
}

/** Entries that are drawn at once. */
const drawnEntries = 100

interface TreeProps {
  readonly entries: Extract<JsonNode, { readonly entries: unknown }>['entries']
  readonly isList: boolean
  readonly depth?: number
}

/** The entries of a list or an object, nested ones folded from the second level on. */
export function TreeEntries({ entries, isList, depth = 0 }: TreeProps) {
  const [drawn, setDrawn] = useState(drawnEntries)
  return (
    <>
      {entries.slice(0, drawn).map(({ name, value }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- names may repeat; the position is an entry's identity
        <TreeEntry key={at} name={name} isList={isList} value={value} depth={depth} />
      ))}
      {entries.length > drawn && (
        <li className="py-1">
          <Button size="sm" onClick={() => setDrawn(drawn + drawnEntries)}>
            {say(words.moreEntries, { count: Math.min(drawnEntries, entries.length - drawn) })}
          </Button>
        </li>
      )}
    </>
  )
}

interface EntryProps {
  readonly name: string
  readonly isList: boolean
  readonly value: JsonNode
  readonly depth: number
}

function TreeEntry({ name, isList, value, depth }: EntryProps) {
  const label = <bdi className={isList ? 'text-fg-3' : 'text-accent-text'}>{name.slice(0, 300)}</bdi>
  if ('entries' in value) return <TreeBranch label={label} value={value} depth={depth} />
  return (
    <li className="flex gap-2 py-0.5 pl-5">
      {label}
      <span dir="auto" className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {value.kind === 'plain' ? value.text : <TreeText text={value.text} />}
      </span>
    </li>
  )
}

interface BranchProps {
  readonly label: ReactNode
  readonly value: Extract<JsonNode, { readonly entries: unknown }>
  readonly depth: number
}

/** A list or an object, which is unfolded with a press. */
function TreeBranch({ label, value, depth }: BranchProps) {
  const [isOpen, setOpen] = useState(depth < 1)
  const isList = value.kind === 'list'
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-6 items-center gap-1 rounded-md pr-2 text-left hover:bg-hover pointer-coarse:min-h-9"
      >
        <ChevronDown size={14} aria-hidden className={`shrink-0 text-fg-3 ${isOpen ? '' : '-rotate-90'}`} />
        {label}
        <span className="text-fg-3">{`${isList ? '[ ]' : '{ }'} ${say(words.entries, { count: value.entries.length })}`}</span>
      </button>
      {isOpen && (
        <ul className="ml-2 border-l border-line pl-2">
          <TreeEntries entries={value.entries} isList={isList} depth={depth + 1} />
        </ul>
      )}
    </li>
  )
}

/** A text of the tree, cut where it is long until it is wanted whole. */
function TreeText({ text }: { readonly text: string }) {
  return text.length > sliceLength / 10 ? <LongText text={text} /> : `"${text}"`
}
