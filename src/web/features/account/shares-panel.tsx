import type { ApiClient } from '../../transport/api-client.ts'
import { Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { ShareList, useShares } from '../../ui/share-list.tsx'

/** The links to what the person lets others read. */
export function SharesPanel({ api }: { readonly api: ApiClient }) {
  const shares = useShares(api)
  const heading = useHeadingOfList(shares.data?.length ?? 0)
  return (
    <Panel
      title="Shared links"
      about="Conversations and answers that you let others of your organisation read. Each is shared as it was when you made the link."
      heading={heading}
    >
      <ShareList
        api={api}
        shares={shares}
        isListed={() => true}
        isNamed
        none="You share nothing. The button “Share” is at the top of a conversation and of each answer."
      />
    </Panel>
  )
}
