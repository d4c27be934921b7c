import { finalKinds } from '../../contract/turn-event.ts'

/** Whether a turn says nothing more after an event of this kind. */
export const isFinalKind = (kind: string): boolean => finalKinds.some((final) => final === kind)
