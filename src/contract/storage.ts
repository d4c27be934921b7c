import * as z from 'zod/mini'

const ListedConversation = z.object({
  id: z.uuid(),
  title: z.string(),
  updatedAt: z.iso.datetime(),
  /** What its questions and answers take. */
  bytes: z.int().check(z.nonnegative()),
  /** When it is removed unless it is used or kept until then; null for one that stays. */
  leavesAt: z.nullable(z.iso.datetime()),
})

/** What a person's questions and answers take, and what is removed when. */
export const StorageUse = z.object({
  bytes: z.int().check(z.nonnegative()),
  /** Of these, what kept conversations take. */
  keptBytes: z.int().check(z.nonnegative()),
  /** Of these, what the results of favorites take. */
  favoriteBytes: z.int().check(z.nonnegative()),
  /** Above this the rows of the oldest answers are removed; null for no limit. */
  limitBytes: z.nullable(z.int().check(z.positive())),
  /** Conversations are removed so many days after their last use; null for never. */
  conversationDays: z.nullable(z.int().check(z.positive())),
  /** Conversations that stay however old they are. */
  kept: z.array(ListedConversation),
  /** Conversations that are removed within two weeks, the next first. */
  leaving: z.array(ListedConversation),
})
export type StorageUse = z.infer<typeof StorageUse>
