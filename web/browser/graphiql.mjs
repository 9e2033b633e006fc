// GraphiQL in the hands of somebody who looks at Roster for the first time: they sign in by the form above it, type a query
// and run it, open the manual, and run the examples.

import assert from 'node:assert/strict'
import { BASE, picture, saw } from './browser.mjs'

const editor = (page) => page.getByRole('region', { name: 'Operation Editor' }).locator('.monaco-editor').first()
const response = (page) => page.locator('.result-window .view-lines')
const who = (page) => page.locator('#who')

export async function openGraphiQL(page) {
  await page.goto(BASE + '/graphiql')
  await editor(page).waitFor()
  await page.getByLabel('Email address').waitFor()
}

// sign signs in by the form.
export async function sign(page, email, password) {
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

// answered waits for the answer to one operation.
function answered(page, operation) {
  return page.waitForResponse((response) => response.url() === BASE + '/graphql' &&
    JSON.parse(response.request().postData() ?? '{}').operationName === operation)
}

// run runs one operation of an example, from the menu of the button, and answers what came back.
export async function run(page, tab, operation) {
  await page.getByRole('tab', { name: tab }).click()
  const came = answered(page, operation)
  await page.locator('button[aria-haspopup=menu][aria-label^="Execute query"]').click() // once it knows that there are several
  await page.getByRole('menuitem', { name: operation, exact: true }).click()
  const answer = await (await came).json()
  assert.equal(answer.errors, undefined, `${operation}: ${JSON.stringify(answer.errors)}`)
  return answer.data
}

// signsIn mistypes the password first, and is told so in a sentence.
export async function signsIn(page) {
  await sign(page, 'ada@example.com', 'not the password')
  await page.getByRole('alert').filter({ hasText: 'The email address or the password is not right.' }).waitFor()
  assert.equal(await page.getByLabel('Email address').inputValue(), 'ada@example.com', 'the address has to be typed again')
  await picture(page, 'graphiql-wrong')
  await sign(page, 'ada@example.com', 'correct horse battery')
  await who(page).filter({ hasText: 'Ada Okafor ada@example.com' }).waitFor()
  assert.equal(await page.locator('#wrong').isVisible(), false, 'the sentence about the wrong password stays')
  saw('the form above GraphiQL signs Ada in, and says why it did not before')
}

// types writes the switcher into an empty tab, as people do, and presses what runs it.
export async function types(page) {
  await page.getByRole('button', { name: 'New tab' }).click()
  await editor(page).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('query Mine { viewer { accounts(first: 3) { nodes { via account { name', { delay: 5 })
  await page.keyboard.press('Escape') // what it offers to type
  const came = page.waitForResponse((response) => response.request().postData()?.includes('query Mine'))
  await page.keyboard.press('Control+Enter')
  const { data, errors } = await (await came).json()
  assert.equal(errors, undefined, JSON.stringify(errors))
  assert.equal(data.viewer.accounts.nodes.length, 3)
  await response(page).filter({ hasText: data.viewer.accounts.nodes[0].account.name }).waitFor()
  await picture(page, 'graphiql-typed')
  saw('a switcher that was typed, with the brackets that the editor closed, answers ' + data.viewer.accounts.nodes.map((node) => node.account.name).join(', '))
}

// looksUp opens the manual, and finds in it what a field means.
export async function looksUp(page) {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
  const manual = page.locator('.graphiql-plugin')
  await manual.getByText('Roster knows who may open which account, and as what.').waitFor()
  await manual.getByRole('link', { name: 'Query', exact: true }).or(manual.getByText('Query', { exact: true })).first().click()
  await manual.getByText('viewer', { exact: true }).first().click()
  await manual.getByText('You; null when nobody is signed in.').waitFor()
  await picture(page, 'graphiql-docs')
  await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click()
  saw('the manual says what a field means')
}

// goesThrough runs the examples that the others do not.
export async function goesThrough(page) {
  const { viewer } = await run(page, 'Switcher', 'Switcher')
  assert.equal(viewer.user.email, 'ada@example.com')
  const { clientAccount } = await run(page, 'UsersPage', 'UsersPage')
  const menus = clientAccount.memberships.nodes.map(({ firstName, actions }) => [firstName, actions.remove])
  assert.deepEqual(menus.find(([name]) => name === 'Bea')[1].problems.map(({ code, remedy }) => [code, remedy]), [['OWNER_CANNOT_BE_REMOVED', 'TRANSFER_OWNERSHIP']])
  await response(page).filter({ hasText: 'Marsh Bakery' }).waitFor()
  await picture(page, 'graphiql-users')
  saw('the Users page comes with its Manage menus: ' + menus.find(([name]) => name === 'Bea')[1].problems[0].message)
}

// comesAndGoes signs out, in as somebody of the demo by one choice, and looks whether the page knows.
export async function comesAndGoes(page) {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Email address').waitFor()
  assert.equal((await run(page, 'Switcher', 'Switcher')).viewer, null, 'signed out, there is still a session')
  await page.getByLabel('Sign in as somebody of the demo').selectOption({ label: 'Sam Ivory, standard user of Marsh Bakery' })
  await who(page).filter({ hasText: 'Sam Ivory sam@example.com' }).waitFor()
  const { viewer } = await run(page, 'Switcher', 'Switcher')
  assert.deepEqual(viewer.accounts.nodes.map((node) => node.account.name), ['Marsh Bakery'])

  await page.context().request.post(BASE + '/graphql', { data: { query: 'mutation { signOut { problems { code } } }' } }) // as in another tab
  await run(page, 'Switcher', 'Switcher')
  await page.getByLabel('Email address').waitFor()
  await page.getByLabel('Sign in as somebody of the demo').selectOption({ label: 'Ada Okafor, owner of the practice Okafor & Partners' })
  await who(page).filter({ hasText: 'Ada Okafor ada@example.com' }).waitFor()
  saw('one chooses who to be, signs out, and is told when a session has ended')
}
