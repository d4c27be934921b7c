import { singular } from '../../catalog/word-forms.ts'

const shortest = 5

/** The word of a name that a misspelt word was probably meant to be: one slip, two in long words; null when unsure. */
export function closestWord(word: string, names: ReadonlySet<string>): string | null {
  const asked = singular(word)
  if (asked.length < shortest) return null
  const allowed = asked.length >= 9 ? 2 : 1
  const found = [...names].filter(
    (known) =>
      known.length >= shortest &&
      known[0] === asked[0] &&
      Math.abs(known.length - asked.length) <= allowed &&
      slips(asked, known, allowed) <= allowed,
  )
  return found.length === 1 ? (found[0] ?? null) : null
}

/** Letters to add, drop, change or swap to get from one word to the other; stops counting above `limit`. */
function slips(a: string, b: string, limit: number): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let price = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        price = Math.min(price, (before[j - 2] ?? 0) + 1)
      row.push(price)
    }
    if (Math.min(...row) > limit) return limit + 1
    before = last
    last = row
  }
  return last[b.length] ?? limit + 1
}
