const plain = /^[A-Za-z_][A-Za-z0-9_$]*$/

/** A name as Snowflake stores it: plain ones fold to upper case, others keep their spelling and need quotes. */
export const foldName = (name: string): string => (plain.test(name) ? name.toUpperCase() : name)

/** A name without letters that cannot be seen or typed: controls, marks of direction, zero-width letters. */
export const cleanName = (name: string): string =>
  name
    .normalize('NFC')
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()

/** Names that DuckDB keeps for itself. */
const reservedDatabases = new Set(['MEMORY', 'SYSTEM', 'TEMP', 'MAIN'])
export const reservedSchemas: readonly string[] = ['MAIN', 'INFORMATION_SCHEMA', 'PG_CATALOG']

/** A folder's name as a plain identifier: accents dropped, everything else that would need quotes replaced. */
export function databaseName(folder: string): string {
  const ascii = folder
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .toUpperCase()
  const name = /^[A-Z_]/.test(ascii) ? ascii : `_${ascii}`
  return reservedDatabases.has(name) || name === '_' ? `${name}_FOLDER` : name
}

/** Gives out names that differ in more than case, which is all that DuckDB tells apart. */
export interface NameGiver {
  /** The name itself when it is free, else with `suffix`, else with a number. */
  give(name: string, suffix: string): string
}

export function makeNameGiver(taken: readonly string[] = []): NameGiver {
  const used = new Set(taken.map((name) => name.toUpperCase()))
  const claim = (name: string): boolean => {
    if (used.has(name.toUpperCase())) return false
    used.add(name.toUpperCase())
    return true
  }
  return {
    give(name, suffix) {
      if (claim(name)) return name
      const longer = `${name}_${suffix}`
      if (suffix !== '' && claim(longer)) return longer
      for (let number = 2; ; number++) if (claim(`${name}_${number}`)) return `${name}_${number}`
    },
  }
}

/** Gives columns the names Snowflake would store. Names that differ only in case get a number, those without a letter a made-up one. */
export function nameColumns(names: readonly string[]): readonly string[] {
  const giver = makeNameGiver()
  return names.map((name, index) => giver.give(foldName(cleanName(name) || `column_${index + 1}`), ''))
}
