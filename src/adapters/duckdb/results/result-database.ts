
export const resultDatabase = 'result'
