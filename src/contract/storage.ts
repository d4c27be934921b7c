import { z } from 'zod'

const ListedConversation = z.object({
  id: z.uuid(),
  title: z.string(),
  updatedAt: z.iso.datetime(),
  /** What its questions and answers take. */
  bytes: z.int().nonnegative(),
  /** When it is removed unless it is used or kept until then; null for one that stays. */
  leavesAt: z.iso.datetime().nullable(),
})

/** What a person's questions and answers take, and what is removed when. */
export const StorageUse = z.object({
  bytes: z.int().nonnegative(),
  /** Of these, what kept conversations take. */
  keptBytes: z.int().nonnegative(),
  /** Above this the rows of the oldest answers are removed; null for no limit. */
  limitBytes: z.int().positive().nullable(),
  /** Conversations are removed so many days after their last use; null for never. */
  conversationDays: z.int().positive().nullable(),
  /** Conversations that stay however old they are. */
  kept: z.array(ListedConversation),
  /** Conversations that are removed within two weeks, the next first. */
  leaving: z.array(ListedConversation),
})
export type StorageUse = z.infer<typeof StorageUse>

export const ConversationMark = z.object({
  /** Keeps it however old it is. */
  isKept: z.boolean(),
})
