/** The name by which a process over kept results attaches the database of one. */
export const resultDatabase = 'result'
