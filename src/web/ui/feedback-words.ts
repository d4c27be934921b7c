import type { FeedbackReason } from '../../contract/feedback.ts'
import { choiceWords } from '../words/pages.ts'

/** Why an answer was not good, as the person says it. */
export const feedbackReasonWords: Readonly<Record<FeedbackReason, string>> = choiceWords.feedbackReasons
