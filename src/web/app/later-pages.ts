/**
 * What is fetched with the first answer, as one file. In files of their own, what they have in common would be a third, and the bundler would
 * then cut the first load into many pieces, which is larger and runs them in another order.
 */
export { AnswerActions } from '../features/answer/answer-actions.tsx'
export { ShareButton } from './share-button.tsx'
export { StarButton } from '../features/favorites/favorites-panel.tsx'
export { ExportMenu } from '../features/answer/export-menu.tsx'
