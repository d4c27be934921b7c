import { expect, test } from 'vitest'
import { dropPlace, treeRows, type DropPart, type KeptThings } from './favorites-data.ts'

const folder = (id: string, parentId: string | null = null) => ({ id, name: id, parentId, position: 0, revision: 1 })
const favorite = (id: string, folderId: string | null = null) =>
  ({ id, title: id, folderId }) as KeptThings['favorites'][number]
const things: KeptThings = {
  folders: [folder('F'), folder('G'), folder('inner', 'F')],
  favorites: [favorite('a'), favorite('b'), favorite('c'), favorite('d', 'F')],
}
const rows = treeRows(things, new Set())
const row = (id: string) => rows.find((one) => one.id === id) ?? expect.unreachable(id)

test.each<readonly [dragged: string, part: DropPart, target: string, place: readonly (string | null)[] | null]>([
  ['c', 'before', 'a', [null, 'a']],
  ['a', 'after', 'b', [null, 'c']],
  ['a', 'after', 'c', [null, null]],
  ['a', 'before', 'd', ['F', 'd']],
  ['d', 'after', 'c', [null, null]],
  ['a', 'before', 'G', ['G', null]],
  ['a', 'into', 'F', ['F', null]],
  ['G', 'before', 'F', [null, 'F']],
  ['G', 'into', 'F', ['F', null]],
  ['G', 'before', 'inner', ['F', 'inner']],
  ['inner', 'after', 'F', [null, 'G']],
  // It is there already.
  ['a', 'before', 'b', null],
  ['b', 'after', 'a', null],
  ['a', 'before', 'a', null],
  // A folder lies neither among favorites nor within itself.
  ['G', 'before', 'a', null],
  ['F', 'into', 'inner', null],
  ['F', 'before', 'inner', null],
])('%s dropped %s %s goes to %j', (dragged, part, target, place) => {
  const [parentId = null, before = null] = place ?? []
  expect(dropPlace(things, row(dragged), row(target), part)).toEqual(place === null ? null : { parentId, before })
})
