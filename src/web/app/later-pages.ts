/**
 * What is fetched when it is first shown, as one file. In files of their own, what they have in common would be a third, and the bundler would
 * then cut the first load into many pieces, which is larger and runs them in another order.
 */
export { ShareButton } from './share-button.tsx'
export { SharedPage } from './shared-page.tsx'
export { SidePages } from './side-pages.tsx'
