import { describe, expect, test } from 'vitest'
import type { ArrangedFolder, Arrangement, Rearrangement } from '../ports/favorite-store.ts'
import {
  planFavoriteMove,
  planFavoriteRemoval,
  planFolderChange,
  planFolderRemoval,
  planFolderRestore,
  planNewFolder,
} from './arrange.ts'

const folder = (id: string, parentId: string | null, position = 0): ArrangedFolder => ({
  id,
  parentId,
  position,
  name: id,
  revision: 1,
  moved: null,
  isDeleted: false,
})
const favorite = (id: string, folderId: string | null, position: number) => ({
  id,
  folderId,
  position,
  isDeleted: false,
})
/** `top` holds `middle`, which holds `deep`. */
const start: Arrangement = {
  folders: [folder('top', null, 1), folder('middle', 'top'), folder('deep', 'middle'), folder('side', null, 2)],
  favorites: [
    favorite('a', null, 1),
    favorite('b', null, 2),
    favorite('c', null, 3),
    favorite('x', 'middle', 1),
    favorite('y', 'middle', 2),
  ],
}

/** The arrangement as the store makes it of a plan. */
function apply(now: Arrangement, { addFolder, folders = [], favorites = [] }: Rearrangement): Arrangement {
  const added = addFolder === undefined ? [] : [{ ...folder(addFolder.id, null), ...addFolder }]
  return {
    folders: [...now.folders, ...added].map((one) => ({ ...one, ...folders.find(({ id }) => id === one.id) })),
    favorites: now.favorites.map((one) => ({ ...one, ...favorites.find(({ id }) => id === one.id) })),
  }
}
const order = (now: Arrangement, folderId: string | null): string =>
  now.favorites
    .filter((one) => one.folderId === folderId && !one.isDeleted)
    .toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
    .join('')
const move = (now: Arrangement, id: string, folderId: string | null, before: string | null): Arrangement =>
  apply(now, planFavoriteMove(now, id, { folderId, before }))

describe('moving favorites', () => {
  test.each<readonly [string, string, string | null, string]>([
    ['to the front', 'c', 'a', 'cab'],
    ['between two', 'a', 'c', 'bac'],
    ['to the end', 'a', null, 'bca'],
    ['in front of itself stays behind the others', 'a', 'a', 'bca'],
    ['in front of one that is gone', 'a', 'gone', 'bca'],
  ])('%s', (_, id, before, expected) => expect(order(move(start, id, null, before), null)).toBe(expected))

  test('into a folder and out of it', () => {
    const moved = move(start, 'a', 'middle', 'y')
    expect([order(moved, 'middle'), order(moved, null)]).toEqual(['xay', 'bc'])
    expect(order(move(moved, 'x', null, 'b'), null)).toBe('xbc')
  })

  test('the same neighbours a thousand times: no position is used up, the order stays right', () => {
    let now = start
    for (let turn = 0; turn < 1_000; turn += 1) {
      const [mover, expected] = turn % 2 === 0 ? ['c', 'acb'] : ['b', 'abc']
      now = move(now, mover, null, turn % 2 === 0 ? 'b' : 'c')
      expect(order(now, null)).toBe(expected)
    }
  })

  test('two devices end in the order of the last move that arrived', () => {
    const first = move(start, 'c', null, 'a')
    expect(order(move(first, 'c', null, 'b'), null)).toBe('acb')
    // One device moved `a` away; the other, which has not heard of it, moves `c` in front of `a`.
    const away = move(start, 'a', 'side', null)
    expect(order(move(away, 'c', null, 'a'), null)).toBe('bc')
  })

  test('refuses what is not there', () => {
    expect(() => planFavoriteMove(start, 'gone', { folderId: null, before: null })).toThrow('no such favorite')
    expect(() => planFavoriteMove(start, 'a', { folderId: 'gone', before: null })).toThrow('no such folder')
  })
})

describe('folders', () => {
  test('lie at most three deep, also with what is in them', () => {
    expect(() => planNewFolder(start, { id: 'new', name: 'n', parentId: 'deep' })).toThrow('at most 3 deep')
    expect(planNewFolder(start, { id: 'new', name: 'n', parentId: 'middle' })).toMatchObject({
      addFolder: { position: 1 },
    })
    expect(() => planFolderChange(start, 'top', { place: { parentId: 'side', before: null } })).toThrow(
      'at most 3 deep',
    )
    expect(planFolderChange(start, 'middle', { place: { parentId: 'side', before: null } })).toBeTruthy()
  })

  test('never lie in themselves', () => {
    for (const parentId of ['top', 'middle', 'deep'])
      expect(() => planFolderChange(start, 'top', { place: { parentId, before: null } })).toThrow(
        'cannot lie in itself',
      )
  })

  test('a removed folder leaves what it held one up, and comes back with it', () => {
    const removed = apply(start, planFolderRemoval(start, 'middle'))
    expect([order(removed, 'top'), removed.folders.find(({ id }) => id === 'deep')?.parentId]).toEqual(['xy', 'top'])
    const back = apply(removed, planFolderRestore(removed, 'middle'))
    expect([order(back, 'top'), order(back, 'middle')]).toEqual(['', 'xy'])
    expect(back.folders.find(({ id }) => id === 'deep')?.parentId).toBe('middle')
    expect(planFolderRestore(back, 'middle')).toEqual({})
  })

  test('what was moved elsewhere meanwhile stays there when its folder comes back', () => {
    const removed = move(apply(start, planFolderRemoval(start, 'middle')), 'x', 'side', null)
    const back = apply(removed, planFolderRestore(removed, 'middle'))
    expect([order(back, 'side'), order(back, 'middle')]).toEqual(['x', 'y'])
  })

  test('a folder whose parent is gone comes back outside of all folders', () => {
    const one = apply(start, planFolderRemoval(start, 'middle'))
    const both = apply(one, planFolderRemoval(one, 'top'))
    const back = apply(both, planFolderRestore(both, 'middle'))
    expect(back.folders.find(({ id }) => id === 'middle')).toMatchObject({ parentId: null, isDeleted: false })
  })

  test('removing twice changes nothing, and what never was is refused', () => {
    const removed = apply(start, planFolderRemoval(start, 'top'))
    expect(planFolderRemoval(removed, 'top')).toEqual({})
    expect(() => planFolderRemoval(start, 'gone')).toThrow('no such folder')
    expect(() => planFolderRestore(start, 'gone')).toThrow('no such folder')
  })
})

describe('removing favorites', () => {
  test('can be undone, outside of folders where the folder is gone', () => {
    const removed = apply(start, planFavoriteRemoval(start, 'x', true))
    expect(order(removed, 'middle')).toBe('y')
    expect(order(apply(removed, planFavoriteRemoval(removed, 'x', false)), 'middle')).toBe('xy')
    const gone = apply(removed, planFolderRemoval(removed, 'middle'))
    expect(order(apply(gone, planFavoriteRemoval(gone, 'x', false)), null)).toContain('x')
  })
})
