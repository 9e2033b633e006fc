// The switcher with Relay: it goes both ways through one list, and the viewer is its own Node.
graphql`
  query AccountsQuery($search: String) {
    viewer {
      id
      ...Accounts_viewer @arguments(search: $search)
    }
  }
`

graphql`
  fragment Accounts_viewer on Viewer
  @refetchable(queryName: "AccountsPageQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
    search: { type: "String" }
  ) {
    accounts(first: $first, after: $after, last: $last, before: $before, search: $search) @connection(key: "Accounts_accounts", filters: ["search"]) {
      edges {
        node {
          id
          ...Switcher_access
        }
      }
    }
  }
`
