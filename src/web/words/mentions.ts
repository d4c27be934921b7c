import { inLanguage } from './language.ts'

/** The texts of the list of names that opens after `@` in the question box. */
export const mentionWords = inLanguage('mentions', {
  label: 'Tables, columns and favorites',
  loading: 'Looking for the tables of this connection…',
  failed: 'The tables of this connection could not be read. The question can be asked without them.',
  none: 'No table, column or favorite is called so. Esc closes this list.',
  hint: 'Enter takes the name · a dot goes on to the columns of a table',
  found: { one: '{count} name to choose from', other: '{count} names to choose from' },
  favorite: 'Favorite',
  kinds: {
    table: 'table',
    view: 'view',
    family: 'group of tables',
    column: 'column',
    favorite: 'favorite, puts its question here',
  },
})
