// Plays Roster's main job in a real browser, against the server at BASE that `roster demo` has filled: Ada signs in and
// adds a user in GraphiQL, the invited person follows the mail on a phone, chooses a password, signs out and in again,
// and finds the account in the switcher; another follows a text message, and finds the way to the app. It ends with a
// sentence for everything that was seen, or with the first that was not so. internal/web/browser runs it.

import assert from 'node:assert/strict'
import { BASE, desk, open, phone, picture, saw } from './browser.mjs'
import { comesAndGoes, goesThrough, looksUp, openGraphiQL, run, signsIn, types } from './graphiql.mjs'

const gus = { email: 'gus@example.com', password: 'seven lamps over water' }
const ria = { email: 'ria@example.com', mobile: '07400 123456', password: 'nine boats on the shore' }

const heading = (page) => page.getByRole('heading', { level: 1 }).innerText()
const body = (page) => page.locator('main').innerText()

async function shows(page, ...sentences) {
  const text = await body(page)
  for (const sentence of sentences) assert.ok(text.includes(sentence), `the page does not say “${sentence}”:\n${text}`)
}

// adaAddsGus looks around in GraphiQL, and adds a user there.
async function adaAddsGus(page) {
  await openGraphiQL(page)
  await picture(page, 'graphiql')
  await signsIn(page)
  await types(page)
  await looksUp(page)
  await goesThrough(page)
  await comesAndGoes(page)

  const { membershipAdd } = await run(page, 'AddSomebody', 'AddSomebody')
  assert.deepEqual(membershipAdd.problems, [])
  assert.equal(membershipAdd.membership.status, 'PENDING')
  await page.locator('.result-window').getByText('PENDING').first().waitFor()
  saw('a user added through GraphiQL is PENDING')
  assert.deepEqual(page.context().elsewhere, [], 'GraphiQL asked for something elsewhere')
  assert.deepEqual(page.context().complaints, [], 'the console has complaints')
  saw('GraphiQL needs nothing from elsewhere, and nothing complains')
}

// benOpensGraphiQLOnAPhone chooses who to be, and runs the first example.
async function benOpensGraphiQLOnAPhone(page) {
  await openGraphiQL(page)
  await page.getByLabel('Sign in as somebody of the demo').selectOption({ index: 2 })
  await page.locator('#who').filter({ hasText: 'Ben Lindqvist' }).waitFor()
  await run(page, 'Switcher', 'Switcher')
  await page.locator('.result-window .view-lines').filter({ hasText: '"Lindqvist"' }).waitFor()
  await picture(page, 'phone-graphiql')
  assert.deepEqual(page.context().complaints, [], 'the console has complaints')
  saw('GraphiQL can be used on a phone')
}

// newestMail opens the newest mail to an address; the list looks for new ones by itself.
async function newestMail(page, email) {
  await page.goto(BASE + '/mailbox')
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').first().click()
  await page.waitForURL('**/mailbox/*')
}

// followButton presses the button of the mail's HTML part, which opens a tab of its own.
async function followButton(page) {
  const [tab] = await Promise.all([page.waitForEvent('popup'), page.frameLocator('iframe').getByRole('link', { name: 'Log in' }).click()])
  await tab.waitForLoadState()
  return tab
}

async function adaCannotAcceptForGus(page) {
  await newestMail(page, gus.email)
  await shows(page, gus.email)
  await picture(page, 'mail')
  await page.locator('pre.message a').click()
  assert.equal(await heading(page), 'This invitation is for somebody else')
  await shows(page, 'ada@example.com', 'g•••@example.com')
  assert.ok(!(await body(page)).includes(gus.email), 'the page tells Ada the whole address')
  await picture(page, 'wrong-person')
  saw('opened by Ada, the link says that it is for somebody else')
}

// gusAccepts follows the mail, mistypes a password, and accepts. It answers the link's address.
async function gusAccepts(page) {
  await newestMail(page, gus.email)
  await picture(page, 'phone-mail')
  const tab = await followButton(page)
  const link = tab.url()
  assert.ok(link.startsWith(BASE + '/accept/rit_'), 'the button leads to ' + link)
  assert.equal(await heading(tab), 'Okafor & Partners invites you to Marsh Bakery')
  await shows(tab, 'Marsh Bakery', 'Okafor & Partners', 'g•••@example.com', 'Valid until')
  await picture(tab, 'phone-accept')
  await tab.emulateMedia({ colorScheme: 'dark' })
  await picture(tab, 'phone-accept-dark')
  await tab.emulateMedia({ colorScheme: 'light' })
  saw('the button of the mail leads to who invites into what')

  await tab.getByText('I do not want to accept').click()
  await tab.getByRole('button', { name: 'Decline the invitation' }).waitFor()
  await shows(tab, 'Okafor & Partners is told that you have declined')
  await picture(tab, 'phone-decline')
  await tab.getByText('I do not want to accept').click()
  saw('the other answer is there, behind one more touch')

  const password = tab.getByLabel('Choose a password for signing in')
  const accept = tab.getByRole('button', { name: 'Accept the invitation' })
  await password.fill('too short')
  await accept.click()
  assert.ok(await password.evaluate((field) => field.validity.tooShort), 'the browser itself does not mind a short password')
  assert.equal(tab.url(), link)
  await tab.locator('main form, form').first().evaluate((form) => { form.noValidate = true })
  await Promise.all([tab.waitForResponse((response) => response.status() === 422), accept.click()])
  await tab.locator('#password-wrong').waitFor()
  await shows(tab, '15 characters', 'Marsh Bakery', 'Okafor & Partners', 'Valid until')
  assert.equal(await password.getAttribute('aria-invalid'), 'true')
  assert.match(await tab.title(), /^Please check: /)
  await picture(tab, 'phone-accept-short-password')
  saw('a short password is refused with its reason, and nothing is lost: ' + await tab.locator('#password-wrong').innerText())

  await password.fill(gus.password)
  await accept.click()
  await tab.getByRole('heading', { name: 'you have accepted' }).waitFor()
  await picture(tab, 'phone-accepted')
  saw('with a password of their own the person is in')
  return [tab, link]
}

// gusComesBack looks at the switcher, signs out, and in again.
async function gusComesBack(tab) {
  await tab.getByRole('link', { name: 'Open your accounts' }).click()
  await tab.getByRole('heading', { name: 'Your accounts' }).waitFor()
  await shows(tab, 'Marsh Bakery', 'Gus Newman', '1 account you can open')
  await picture(tab, 'phone-accounts')

  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.equal(new URL(tab.url()).pathname, '/sign-in')
  await tab.goto(BASE + '/accounts')
  assert.equal(new URL(tab.url()).pathname, '/sign-in', 'signed out, the switcher was shown')
  saw('signed out, there is no switcher')

  await signIn(tab, 'not the password at all')
  await tab.getByRole('alert').or(tab.locator('.wrong')).first().waitFor()
  assert.equal(await tab.getByLabel('Email address').inputValue(), gus.email, 'the address has to be typed again')
  await picture(tab, 'phone-sign-in-wrong')
  await signIn(tab, gus.password)
  await tab.getByRole('heading', { name: 'Your accounts' }).waitFor()
  await shows(tab, 'Marsh Bakery', 'Standard', '1 account you can open')
  saw('signed in, the person sees the account in the switcher')

  await tab.getByRole('button', { name: 'Switch to Marsh Bakery' }).click()
  await tab.getByText('Open now').waitFor()
  await picture(tab, 'phone-accounts-switched')
  saw('the person switches to the account')
}

async function signIn(tab, password) {
  await tab.getByLabel('Email address').fill(gus.email)
  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
}

// gusAsksTheAPI asks with the cookie that the pages gave.
async function gusAsksTheAPI(context) {
  const response = await context.request.post(BASE + '/graphql', {
    data: { query: '{ viewer { user { email emailVerified } accounts(first: 10) { totalCount nodes { via role { name } account { name } } } } }' },
  })
  const { data, errors } = await response.json()
  assert.equal(errors, undefined, JSON.stringify(errors))
  assert.deepEqual(data.viewer, {
    user: { email: gus.email, emailVerified: true },
    accounts: { totalCount: 1, nodes: [{ via: 'MEMBERSHIP', role: { name: 'Standard' }, account: { name: 'Marsh Bakery' } }] },
  })
  saw('so does the API: viewer.accounts')
}

// adaTextsRia adds a user who is invited by text message, with the cookie that GraphiQL was given.
async function adaTextsRia(context) {
  const ask = async (query) => (await (await context.request.post(BASE + '/graphql', { data: { query } })).json()).data
  const { viewer } = await ask('{ viewer { accounts(first: 1, search: "Marsh Bakery") { nodes { account { id } } } } }')
  const { membershipAdd } = await ask(`mutation { membershipAdd(input: {accountId: "${viewer.accounts.nodes[0].account.id}", firstName: "Ria", lastName: "Newman",
    email: "${ria.email}", mobile: "${ria.mobile}", loginAccess: true, roleId: "rol_standard", invite: SMS}) {
    membership { status mobile } invitation { channel } problems { code } } }`)
  assert.deepEqual(membershipAdd, { membership: { status: 'PENDING', mobile: '+447400123456' }, invitation: { channel: 'SMS' }, problems: [] })
  saw('a user is invited by text message')
}

// riaAccepts follows the text message, chooses a password, and is shown the way to the app.
async function riaAccepts(page) {
  await newestMail(page, '+447400123456')
  await shows(page, 'Text message', 'Okafor & Partners has invited you to Marsh Bakery on Roster.')
  await picture(page, 'phone-text')
  const link = await page.locator('pre.message a').getAttribute('href')
  await page.goto(link)
  assert.equal(await heading(page), 'Okafor & Partners invites you to Marsh Bakery')
  await shows(page, '+44•••456')
  await picture(page, 'phone-text-accept')
  await page.getByLabel('Choose a password for signing in').fill(ria.password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await page.getByRole('heading', { name: 'you have accepted' }).waitFor()
  await shows(page, 'Get the mobile app', ria.email)
  assert.equal(await page.getByRole('link', { name: 'App Store' }).getAttribute('href'), 'https://apps.example.com/roster')
  assert.equal(await page.getByRole('link', { name: 'Google Play' }).getAttribute('href'), 'https://play.example.com/roster')
  await picture(page, 'phone-text-accepted')
  await page.getByRole('link', { name: 'Open your accounts here' }).click()
  await page.getByRole('heading', { name: 'Your accounts' }).waitFor()
  await shows(page, 'Marsh Bakery')
  await picture(page, 'phone-text-accounts')
  saw('the text message leads to a password, and to the app')
}

// riaConfirms confirms the address, which the text message did not prove.
async function riaConfirms(page) {
  await newestMail(page, ria.email)
  await picture(page, 'phone-text-confirm')
  await page.goto(await page.locator('pre.message a').getAttribute('href'))
  await page.getByRole('button').first().click()
  await page.goto(BASE + '/accounts')
  assert.ok(!(await body(page)).includes('Confirm your'), 'the banner stays')
  saw('the address is confirmed by its own mail')
}

// theLinkIsUsed opens it once more, signed in and signed out.
async function theLinkIsUsed(tab, link) {
  await tab.goto(link)
  assert.equal(await heading(tab), 'This invitation was already accepted')
  await tab.getByRole('link', { name: 'Open your accounts' }).waitFor()
  await picture(tab, 'phone-used-signed-in')
  await tab.context().clearCookies()
  await tab.goto(link)
  assert.equal(await heading(tab), 'This invitation was already accepted')
  await tab.getByRole('link', { name: 'Sign in' }).waitFor()
  assert.ok(!(await body(tab)).includes('Marsh Bakery'), 'a used link tells into what it led')
  await picture(tab, 'phone-used')
  saw('a used link says that it was used')
}

async function play() {
  const ada = await open('ada', desk)
  try {
    const page = ada.pages()[0]
    await adaAddsGus(page)
    await adaCannotAcceptForGus(page)
    await adaTextsRia(ada)
  } finally {
    await ada.close()
  }

  const bens = await open('ben', { ...phone, colorScheme: 'dark' })
  try {
    await benOpensGraphiQLOnAPhone(bens.pages()[0])
  } finally {
    await bens.close()
  }

  // The invited person's browser runs no script of any page: none is needed.
  const theirs = await open('gus', { ...phone, javaScriptEnabled: false })
  try {
    const [tab, link] = await gusAccepts(theirs.pages()[0])
    await gusComesBack(tab)
    await gusAsksTheAPI(theirs)
    await theLinkIsUsed(tab, link)
    assert.deepEqual(theirs.elsewhere, [], 'a page asked for something elsewhere')
  } finally {
    await theirs.close()
  }
  const rias = await open('ria', { ...phone, javaScriptEnabled: false })
  try {
    const page = rias.pages()[0]
    await riaAccepts(page)
    await riaConfirms(page)
  } finally {
    await rias.close()
  }
  assert.deepEqual([...ada.faults, ...bens.faults, ...theirs.faults, ...rias.faults], [], 'the server failed')
  saw('the end')
}

await play()
