// Apollo Client and urql, with their normalized caches, run the documents unchanged against the real server at BASE, which
// `roster demo` has filled. internal/web/browser starts it.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { Client, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { introspectionFromSchema, isInterfaceType, parse, typeFromAST } from 'graphql'
import { keys, possibleTypes, resolvers, typePolicies } from '../cache.mjs'
import { anything, app, ask, browser, endpoint, schema } from './server.mjs'

const password = 'correct horse battery'
const apolloClient = (fetch) => new ApolloClient({ link: new HttpLink({ uri: endpoint, fetch }), cache: new InMemoryCache({ possibleTypes, typePolicies }) })
const names = ({ edges }) => edges.map(({ node }) => node.account?.name ?? node.firstName)

// Both caches say on the console what they were not told, or had to throw away.
const complaints = []
console.warn = console.error = (...said) => complaints.push(said.join(' '))
after(() => assert.deepEqual(complaints, []))

test('the interfaces that caches are told of are those of the schema', () => {
  for (const [name, types] of Object.entries(possibleTypes)) {
    assert.ok(isInterfaceType(schema.getType(name)))
    assert.deepEqual(types, schema.getPossibleTypes(schema.getType(name)).map((type) => type.name).sort(), name)
  }
})

test('an entry of a menu is never half of an older answer', () => {
  const cache = new InMemoryCache({ possibleTypes, typePolicies })
  const menu = (fields) => parse(`{ membership(id: "mem_1") { __typename id actions { __typename remove { __typename ${fields} } } } }`)
  const write = (fields, remove) => cache.writeQuery({ query: menu(fields), data: {
    membership: { __typename: 'Membership', id: 'mem_1', actions: { __typename: 'MembershipActions', remove: { __typename: 'Action', ...remove } } },
  } })
  write('allowed problems { __typename message }', { allowed: false, problems: [{ __typename: 'Problem', message: 'The account owner cannot be removed.' }] })
  assert.equal(cache.readQuery({ query: menu('problems { message }') }).membership.actions.remove.problems.length, 1)
  write('allowed', { allowed: true })
  assert.equal(cache.readQuery({ query: menu('allowed problems { message }') }), null)
})

test('the server takes every document', async (t) => {
  assert.ok(Object.keys(ask).length >= 40)
  for (const [name, document] of Object.entries(ask)) {
    const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition')
    const variables = Object.fromEntries(operation.variableDefinitions.map(({ variable, type }) => [variable.name.value, anything(typeFromAST(schema, type))]))
    // Nobody is signed in: what matters is that it is not refused before it is looked at who asks.
    const answer = await apolloClient(fetch)[operation.operation === 'query' ? 'query' : 'mutate']({ [operation.operation]: document, variables, errorPolicy: 'all' })
    for (const { extensions, message } of answer.error?.errors ?? []) {
      assert.ok(['UNAUTHENTICATED', 'NOT_FOUND'].includes(extensions.code), `${name}: ${extensions.code}: ${message}`)
    }
  }
  t.diagnostic(`${Object.keys(ask).length} documents`)
})

test('Apollo Client', async (t) => {
  const client = apolloClient(browser())
  const mutate = async (name, variables) => Object.values((await client.mutate({ mutation: ask[name], variables })).data)[0]
  const signIn = (password) => mutate('SessionSignInMutation', { input: { email: 'ada@example.com', password, client: 'WEB' } })

  await t.test('takes a refusal as data', async () => {
    const { viewer, problems } = await signIn('not the password')
    assert.deepEqual([viewer, problems[0].code], [null, 'CREDENTIALS_INCORRECT'])
    assert.match(problems[0].message, /Check both and try again/)
    assert.equal((await signIn(password)).viewer.user.email, 'ada@example.com')
  })

  await t.test('makes one list of the switcher\'s pages', async () => {
    const options = { query: ask.SwitcherQuery, variables: { first: 4, orderBy: 'NAME' } }
    const watched = client.watchQuery(options)
    let { viewer } = (await client.query(options)).data
    let pages = 1
    for (; viewer.accounts.pageInfo.hasNextPage && pages < 5; pages++) {
      await watched.fetchMore({ variables: { after: viewer.accounts.pageInfo.endCursor } })
      viewer = client.readQuery(options).viewer
    }
    const all = names(viewer.accounts)
    assert.deepEqual([pages, all.length], [3, 9])
    assert.deepEqual(all, [...all].sort((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    assert.equal(new Set(all).size, 9)

    // What is searched is another list, and does not disturb the first.
    const found = await client.query({ ...options, variables: { ...options.variables, search: 'bakery' } })
    assert.deepEqual(names(found.data.viewer.accounts), ['Marsh Bakery'])
    assert.equal(names(client.readQuery(options).viewer.accounts).length, 9)
  })

  const { viewer } = client.readQuery({ query: ask.SwitcherQuery, variables: { first: 4, orderBy: 'NAME' } })
  const bakery = viewer.accounts.edges.map(({ node }) => node.account).find(({ name }) => name === 'Marsh Bakery')
  const users = { query: ask.UsersPageQuery, variables: { account: bakery.id, first: 50 } }
  const person = (firstName) => client.readQuery(users).clientAccount.memberships.edges.map(({ node }) => node).find((node) => node.firstName === firstName)

  await t.test('shows on the page what a mutation changed, the Manage menu too', async () => {
    const { clientAccount } = (await client.query(users)).data
    assert.equal(clientAccount.memberships.totalCount, clientAccount.memberships.edges.length)
    const sam = person('Sam')
    assert.deepEqual([sam.status, sam.actions.deactivate.allowed, sam.actions.enable.allowed], ['ACTIVE', true, false])

    const dialog = (await client.query({ query: ask.ManageMenuQuery, variables: { membership: sam.id } })).data.membership.actions.deactivate
    assert.deepEqual(dialog.effects.map(({ code }) => code), ['SIGN_IN_ENDS', 'SUBMISSION_ENDS', 'DOCUMENTS_STAY', 'ACCOUNT_LEAVES_SWITCHER'])

    const { problems } = await mutate('ManageMenuDeactivateMutation', { membership: sam.id, reason: 'On leave' })
    assert.deepEqual(problems, [])
    const now = person('Sam')
    assert.deepEqual([now.status, now.actions.deactivate.allowed, now.actions.enable.allowed], ['DEACTIVATED', false, true])
    await mutate('ManageMenuEnableMutation', { membership: sam.id })
    assert.equal(person('Sam').status, 'ACTIVE')
  })

  await t.test('leaves the page alone when a mutation is refused', async () => {
    const before = person('Bea')
    const { membership, problems } = await mutate('ManageMenuRemoveMutation', { membership: before.id })
    assert.equal(membership, null)
    assert.deepEqual(problems.map(({ code, remedy }) => [code, remedy]), [['OWNER_CANNOT_BE_REMOVED', 'TRANSFER_OWNERSHIP']])
    assert.deepEqual(problems.map(({ code, message, remedy }) => ({ __typename: 'Problem', code, message, remedy })), before.actions.remove.problems)
    assert.deepEqual(person('Bea'), before)
  })

  await t.test('opens a person\'s page with what the list knew', async () => {
    const olu = { query: ask.EditUserQuery, variables: { membership: person('Olu').id } } // of whom nothing was asked before
    assert.equal(client.cache.readQuery({ ...olu, returnPartialData: true }).membership.status, 'PENDING')
    const options = { query: ask.EditUserQuery, variables: { membership: person('Sam').id } }
    const { data } = await client.query(options)
    assert.ok(data.membership.permissions.includes('DOCUMENTS_SUBMIT'))

    const { problems } = await mutate('EditUserDetailsMutation', { input: { membershipId: data.membership.id, mobile: '07400 123456', expectedVersion: data.membership.version } })
    assert.deepEqual(problems, [])
    assert.equal(person('Sam').mobile, '+447400123456')
    const late = await mutate('EditUserDetailsMutation', { input: { membershipId: data.membership.id, mobile: '', expectedVersion: data.membership.version } })
    assert.deepEqual(late.problems.map(({ code }) => code), ['CHANGED_MEANWHILE'])
  })

  await t.test('adds somebody once, however often it is pressed', async () => {
    const input = { accountId: bakery.id, firstName: 'Gil', lastName: 'Twice', email: 'gil@example.com', loginAccess: true, roleId: 'rol_standard', idempotencyKey: 'one press' }
    const first = await mutate('AddUserMutation', { input })
    const second = await mutate('AddUserMutation', { input })
    assert.deepEqual([first.problems, second.problems], [[], []])
    assert.equal(first.membership.id, second.membership.id)
    assert.equal(first.membership.invitation.status, 'PENDING')
  })

  await t.test('scrolls through the journal', async () => {
    const options = { query: ask.JournalQuery, variables: { account: bakery.id, first: 5 } }
    const { account } = (await client.query(options)).data
    await client.watchQuery(options).fetchMore({ variables: { after: account.events.pageInfo.endCursor } })
    const lines = client.readQuery(options).account.events.edges.map(({ node }) => node)
    assert.equal(new Set(lines.map(({ id }) => id)).size, 10)
    assert.deepEqual(lines.map(({ at }) => at), lines.map(({ at }) => at).sort().reverse())
  })

  await t.test('forgets everything when one signs out', async () => {
    assert.deepEqual((await mutate('SessionSignOutMutation')).problems, [])
    await client.clearStore()
    assert.equal((await client.query({ query: ask.SessionQuery })).data.viewer, null)
    await assert.rejects(mutate('SessionSignOutMutation'), (error) => error.errors[0].extensions.code === 'UNAUTHENTICATED')
  })
})

test('urql', async (t) => {
  const held = app()
  const client = new Client({
    url: endpoint,
    fetch: held.fetch,
    preferGetMethod: false,
    exchanges: [cacheExchange({ schema: introspectionFromSchema(schema), keys, resolvers }), fetchExchange],
  })
  const query = async (name, variables, requestPolicy = 'cache-first') => {
    const { data, error } = await client.query(ask[name], variables, { requestPolicy }).toPromise()
    assert.equal(error, undefined, error?.message)
    return data
  }
  const mutate = async (name, variables) => {
    const { data, error } = await client.mutation(ask[name], variables).toPromise()
    assert.equal(error, undefined, error?.message)
    return Object.values(data)[0]
  }

  await t.test('signs in with tokens, and changes them for new ones', async () => {
    held.tokens = (await mutate('AppSignInMutation', { email: 'bea@example.com', password })).tokens
    const first = held.tokens
    held.tokens = undefined
    held.tokens = (await mutate('AppRefreshMutation', { refreshToken: first.refreshToken })).tokens
    assert.notEqual(held.tokens.accessToken, first.accessToken)
    assert.equal((await query('SessionQuery', {})).viewer.user.email, 'bea@example.com')
  })

  let bakery
  await t.test('makes one list of the switcher\'s pages', async () => {
    const { viewer: { accounts: { edges, pageInfo } } } = await query('SwitcherQuery', { first: 1, orderBy: 'NAME' })
    assert.deepEqual(edges.map(({ node }) => node.account.name), ['Harbour Café'])
    const both = await query('SwitcherQuery', { first: 1, after: pageInfo.endCursor, orderBy: 'NAME' })
    assert.deepEqual(names(both.viewer.accounts), ['Harbour Café', 'Marsh Bakery'])
    bakery = both.viewer.accounts.edges[1].node.account
  })

  const users = (policy) => query('UsersPageQuery', { account: bakery.id, first: 50 }, policy)
  const person = async (firstName, policy = 'cache-only') => (await users(policy)).clientAccount.memberships.edges.map(({ node }) => node).find((node) => node.firstName === firstName)

  await t.test('shows on the page what a mutation changed, the Manage menu too', async () => {
    const sam = await person('Sam', 'cache-first')
    assert.equal(sam.actions.deactivate.allowed, true)
    await mutate('ManageMenuDeactivateMutation', { membership: sam.id })
    const now = await person('Sam')
    assert.deepEqual([now.status, now.actions.deactivate.allowed, now.actions.enable.allowed], ['DEACTIVATED', false, true])
    await mutate('ManageMenuEnableMutation', { membership: sam.id })
    assert.equal((await person('Sam')).status, 'ACTIVE')
  })

  await t.test('leaves the page alone when a mutation is refused', async () => {
    const before = await person('Bea')
    const { membership, problems } = await mutate('ManageMenuRemoveMutation', { membership: before.id })
    assert.equal(membership, null)
    assert.deepEqual(problems.map(({ code }) => code), before.actions.remove.problems.map(({ code }) => code))
    assert.ok(problems.some(({ code }) => code === 'OWNER_CANNOT_BE_REMOVED'))
    assert.deepEqual(await person('Bea'), before)
  })
})
