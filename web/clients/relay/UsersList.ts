// How a page made with Relay lists a client's users: the fragment asks for its own next page and keeps what came before.
graphql`
  query UsersListQuery($account: ID!, $filter: MembershipFilter) {
    clientAccount(id: $account) {
      id
      ...UsersList_account @arguments(filter: $filter)
    }
  }
`

graphql`
  fragment UsersList_account on ClientAccount
  @refetchable(queryName: "UsersListPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 25 }, after: { type: "String" }, filter: { type: "MembershipFilter" }) {
    memberships(first: $first, after: $after, filter: $filter) @connection(key: "UsersList_memberships", filters: ["filter"]) {
      edges {
        node {
          id
          status
          ...UsersPage_person
        }
      }
    }
  }
`

graphql`
  mutation UsersListAddMutation($input: MembershipAddInput!, $connections: [ID!]!) {
    membershipAdd(input: $input) {
      membership @appendNode(connections: $connections, edgeTypeName: "MembershipEdge") {
        id
        ...UsersPage_person
      }
      problems {
        ...Problem_all
      }
    }
  }
`

graphql`
  mutation UsersListDeleteRoleMutation($role: ID!) {
    roleDelete(input: { roleId: $role }) {
      roleId @deleteRecord
      problems {
        ...Problem_all
      }
    }
  }
`
