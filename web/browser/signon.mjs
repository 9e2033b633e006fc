// Plays single sign-on in a real browser, against the server at BASE that `roster demo` has filled and a provider on this
// machine: Léa comes in for the first time, on a phone and without script; Ada, who has a password, links the provider,
// comes in by it, and unlinks it. It ends with a sentence for everything that was seen, or with the first that was not so.
//
// BASE, CHROMIUM, PROFILES, SCREENSHOTS   as browser.mjs has them
// PROVIDER                                http://127.0.0.1:PORT, where the provider is
// PASSWORD                                everybody's there

import assert from 'node:assert/strict'
import { BASE, desk, open, phone, picture, saw } from './browser.mjs'

const { PROVIDER, PASSWORD } = process.env

const heading = (page) => page.getByRole('heading', { level: 1 }).innerText()
const body = (page) => page.locator('main').innerText()

async function shows(page, ...sentences) {
  const text = await body(page)
  for (const sentence of sentences) assert.ok(text.includes(sentence), `the page does not say “${sentence}”:\n${text}`)
}

// signsInThere is at the provider, by itself and not by a press, and comes back.
async function signsInThere(page, name) {
  await page.waitForURL(PROVIDER + '/login/**')
  await page.getByLabel('Username').fill(name)
  await page.getByLabel('Password').fill(PASSWORD)
  await Promise.all([page.waitForURL(BASE + '/**'), page.getByRole('button', { name: 'Login' }).click()])
  await page.waitForLoadState()
}

async function leaComesInForTheFirstTime(page) {
  await page.goto(BASE + '/sign-in')
  await picture(page, 'phone-sign-in')
  await page.getByRole('button', { name: 'Sign in with Zitadel' }).click()
  await signsInThere(page, 'lea')
  assert.equal(page.url(), BASE + '/accounts')
  await shows(page, 'Léa Martin', 'lea@example.com')
  assert.ok(!(await body(page)).includes('Please confirm'), 'the address that the provider vouches for is to be confirmed')
  await picture(page, 'phone-accounts')
  saw('without script, a provider brings a person in who was never here')

  await page.getByRole('link', { name: 'Ways to sign in' }).click()
  assert.equal(await heading(page), 'Ways to sign in')
  await shows(page, 'You have none.', 'Zitadel', 'Linked on')
  await page.getByRole('button', { name: 'Unlink Zitadel' }).click()
  await page.getByRole('alert').waitFor()
  await shows(page, 'This is the only way you can sign in.')
  await picture(page, 'phone-last-way')
  saw('nobody unlinks their last way in')
}

async function adaSignsIn(page) {
  await page.goto(BASE + '/sign-in?next=/account/sign-in')
  await page.getByLabel('Email address').fill('ada@example.com')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(BASE + '/account/sign-in')
}

async function adaLinksAndUnlinks(page) {
  await page.goto(BASE + '/sign-in')
  await page.getByRole('button', { name: 'Sign in with Zitadel' }).click()
  await signsInThere(page, 'ada')
  await page.getByRole('alert').waitFor()
  await shows(page, 'There is a login with the address that Zitadel told us')
  await picture(page, 'address-taken')
  saw('the same address alone opens no login, and the page says how to link')

  await adaSignsIn(page)
  await picture(page, 'ways-not-linked')
  await page.getByRole('button', { name: 'Link Zitadel' }).click()
  await signsInThere(page, 'ada')
  assert.equal(page.url(), BASE + '/account/sign-in')
  await shows(page, 'You have one.', 'ada@example.com', 'Linked on')
  await picture(page, 'ways-linked')
  saw('linked from within, once signed in')

  await page.goto(BASE + '/accounts')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(BASE + '/sign-in')
  await page.getByRole('button', { name: 'Sign in with Zitadel' }).click()
  await signsInThere(page, 'ada')
  assert.equal(page.url(), BASE + '/accounts')
  await shows(page, 'Ada Okafor', 'Okafor & Partners')
  saw('the provider opens the login that was linked, with all its accounts')

  await page.goto(BASE + '/account/sign-in')
  await page.getByRole('button', { name: 'Unlink Zitadel' }).click()
  await page.getByRole('button', { name: 'Link Zitadel' }).waitFor()
  await shows(page, 'Not linked.')
  await page.emulateMedia({ colorScheme: 'dark' })
  await picture(page, 'ways-unlinked-dark')
  saw('unlinked, and the session goes on')
  await page.goto(BASE + '/mailbox')
  for (const subject of ['Zitadel was linked to your Roster login', 'Zitadel no longer opens your Roster login']) {
    await page.getByText(subject).waitFor() // the list looks for new ones by itself
  }
  saw('both were told to the address')
}

async function play() {
  const contexts = []
  try {
    const lea = await open('lea', { ...phone, javaScriptEnabled: false })
    contexts.push(lea)
    await leaComesInForTheFirstTime(lea.pages()[0])
    const ada = await open('ada', desk)
    contexts.push(ada)
    await adaLinksAndUnlinks(ada.pages()[0])
    for (const context of contexts) {
      assert.deepEqual(context.elsewhere.filter((url) => !url.startsWith(PROVIDER + '/')), [], 'a page asked for something elsewhere')
      assert.deepEqual(context.faults, [], 'the server failed')
      assert.deepEqual(context.complaints.filter((text) => text.startsWith('error: policy')), [], 'a page wanted what its policy forbids')
    }
  } finally {
    for (const context of contexts) await context.close()
  }
  saw('the end')
}

await play()
