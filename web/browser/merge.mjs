// Plays the merging of two logins in a real browser, on a phone and without script, against the server at BASE that
// `roster demo` has filled: Sam, who works in a bakery, has another login that owns a practice. It ends with a sentence for
// everything that was seen, or with the first that was not so.

import assert from 'node:assert/strict'
import { BASE, open, phone, picture, saw } from './browser.mjs'

const password = 'correct horse battery'
const heading = (page) => page.getByRole('heading', { level: 1 }).innerText()
const body = (page) => page.locator('main').innerText()

async function shows(page, ...sentences) {
  const text = await body(page)
  for (const sentence of sentences) assert.ok(text.includes(sentence), `the page does not say “${sentence}”:\n${text}`)
}

async function signsIn(page, email) {
  await page.goto(BASE + '/sign-in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function begins(page) {
  await signsIn(page, 'sam@example.com')
  await page.waitForURL(BASE + '/accounts')
  await shows(page, 'Marsh Bakery')
  assert.ok(!(await body(page)).includes('Northgate Accounting'), 'Sam opens the practice already')
  await page.getByRole('link', { name: 'Bring two logins together' }).click()
  assert.equal(await heading(page), 'Bring two logins together')
  await picture(page, 'merge-begin')

  await page.getByLabel('Email address of the other login').fill('nora@example.com')
  await page.getByLabel('Its password').fill('not this one at all')
  await page.getByRole('button', { name: 'Show what will happen' }).click()
  await page.getByRole('alert').or(page.locator('.wrong')).first().waitFor()
  assert.equal(await page.getByLabel('Email address of the other login').inputValue(), 'nora@example.com')
  await picture(page, 'merge-wrong-password')
  saw('a wrong password is told, and the address need not be typed again')

  await page.getByLabel('Its password').fill(password)
  await page.getByRole('button', { name: 'Show what will happen' }).click()
  assert.equal(await heading(page), 'This is what will happen')
  await shows(page, 'The login nora@example.com ends', 'Marsh Bakery', 'Northgate Accounting', 'Aster Florists', 'through your practice')
  await picture(page, 'merge-plan')
  saw('the plan names what ends and every account there will be')
}

async function confirms(page) {
  await page.getByRole('button', { name: /^End nora@example.com/ }).click()
  assert.equal(await heading(page), 'Your logins are one now')
  await picture(page, 'merge-done')
  await page.getByRole('link', { name: 'Open your accounts' }).click()
  await page.waitForURL(BASE + '/accounts')
  await shows(page, 'sam@example.com', 'Marsh Bakery', 'Northgate Accounting', 'Cobalt Studio')
  for (const account of ['Northgate Accounting', 'Aster Florists', 'Marsh Bakery']) {
    await page.getByRole('button', { name: 'Switch to ' + account }).click()
    await page.waitForURL(BASE + '/accounts')
    assert.match(await page.getByRole('listitem').filter({ hasText: 'Open now' }).innerText(), new RegExp(account))
  }
  await picture(page, 'merge-accounts')
  saw('one login switches between the accounts of both')
}

async function theOtherHasEnded(context, page) {
  await page.goto(BASE + '/accounts')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signsIn(page, 'nora@example.com')
  await page.getByRole('alert').waitFor()
  await shows(page, 'The email address or the password is not right.')
  saw('the other login opens nothing any more')

  for (const [email, words] of [['sam@example.com', 'Your two Roster logins are one now'], ['nora@example.com', 'Your Roster login with this address has ended']]) {
    await page.goto(BASE + '/mailbox')
    const mail = page.getByRole('listitem').filter({ hasText: email }).filter({ hasText: words })
    for (let i = 0; i < 50 && !(await mail.count()); i++) {
      await page.waitForTimeout(100)
      await page.reload()
    }
    assert.ok(await mail.count(), `${email} has no mail “${words}”`)
  }
  saw('both addresses were told')
}

const context = await open('merge', { ...phone, javaScriptEnabled: false })
try {
  const page = context.pages()[0] ?? await context.newPage()
  await begins(page)
  await confirms(page)
  await theOtherHasEnded(context, page)
  assert.deepEqual(context.elsewhere, [], 'something was asked for elsewhere')
  assert.deepEqual(context.faults, [], 'the server failed')
  saw('the end')
} finally {
  await context.close()
}
