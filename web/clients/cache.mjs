// What the normalized caches of Apollo Client and of urql's Graphcache have to be told about Roster's schema. Copy it: the
// README says why each part is there, and test/ holds it against a real server.
import { relayStylePagination } from '@apollo/client/utilities'
import { relayPagination } from '@urql/exchange-graphcache/extras'

// The interfaces, for fragments on them. A test holds that this is what the schema says.
export const possibleTypes = {
  Node: ['AccountAccess', 'Application', 'ClientAccount', 'ClientGrant', 'Document', 'Event', 'Invitation', 'Membership', 'Practice', 'Role', 'Session', 'User', 'Viewer'],
  Account: ['ClientAccount', 'Practice'],
  AccountActions: ['ClientAccountActions', 'PracticeActions'],
}

// one lets a page open with what a list knew of the thing already: until the server has answered, it is the one in the cache.
const one = (typename) => ({
  read: (known, { args, toReference }) => (known === undefined ? toReference({ __typename: typename(args.id), id: args.id }) : known),
})

// pages are one list, however many requests brought it: one for each set of arguments that chooses or orders its rows.
const lists = {
  memberships: relayStylePagination(['filter', 'orderBy']),
  events: relayStylePagination(['filter']),
}

export const typePolicies = {
  Query: {
    fields: {
      account: one((id) => (id.startsWith('prc_') ? 'Practice' : 'ClientAccount')),
      practice: one(() => 'Practice'),
      clientAccount: one(() => 'ClientAccount'),
      membership: one(() => 'Membership'),
    },
  },
  Viewer: { fields: { accounts: relayStylePagination(['search', 'kinds', 'via', 'orderBy']) } },
  Practice: { fields: { ...lists, clients: relayStylePagination(['search']) } },
  ClientAccount: { fields: lists },
  ClientAccess: { fields: { grants: relayStylePagination() }, merge: true },

  // Menus have no id: they are parts of whom they are about, and two screens may know different entries of one.
  PracticeActions: { merge: true },
  ClientAccountActions: { merge: true },
  MembershipActions: { merge: true },
  InvitationActions: { merge: true },
  DocumentActions: { merge: true },
  // An entry is one answer. A new `allowed` beside the reasons of an older answer would be a lie.
  Action: { merge: false },
}

// What has no id, as Graphcache wants to be told: each is a part of what it was found in.
export const keys = Object.fromEntries(['PracticeActions', 'ClientAccountActions', 'MembershipActions', 'InvitationActions', 'DocumentActions', 'Action', 'Effect', 'Problem', 'Change', 'Identity', 'LoginMergePlan',
  'ClientAccess', 'SessionTokens', 'InvitationPreview', 'MembershipRowResult'].map((name) => [name, () => null]))

export const resolvers = {
  Query: {
    account: (_, { id }) => ({ __typename: id.startsWith('prc_') ? 'Practice' : 'ClientAccount', id }),
    practice: (_, { id }) => ({ __typename: 'Practice', id }),
    clientAccount: (_, { id }) => ({ __typename: 'ClientAccount', id }),
    membership: (_, { id }) => ({ __typename: 'Membership', id }),
  },
  Viewer: { accounts: relayPagination() },
  Practice: { memberships: relayPagination(), events: relayPagination(), clients: relayPagination() },
  ClientAccount: { memberships: relayPagination(), events: relayPagination() },
  ClientAccess: { grants: relayPagination() },
}
