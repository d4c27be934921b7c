import { maxQuestionLength } from '../../../contract/command.ts'

/** Why a text cannot be asked, and what to do; null when it can. */
export function questionFault(text: string): string | null {
  const { length } = text.trim()
  if (length === 0) return 'The question is empty. Write what you want to know.'
  if (length <= maxQuestionLength) return null
  const [has, most] = [length, maxQuestionLength].map((count) => count.toLocaleString())
  return `This is too long for a question: ${has} characters. Shorten it to at most ${most}; nothing was sent.`
}
