/** Some rows as the bytes of a JSON array of arrays: how a process that reads rows hands them over. */
export interface EncodedBatch {
  readonly rowCount: number
  readonly json: Uint8Array
}

/** The rows and the bytes after which a batch goes out, whichever comes first. */
export const batchRows = 2_048
export const batchBytes = 256 * 1024
