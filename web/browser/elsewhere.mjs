// Opens GraphiQL of a Roster that was built without npm. There is no network here: what the page asks of its CDN is answered
// with the files of npm's packages, as that CDN would, and the browser holds them to their hashes.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { BASE, desk, open, picture, saw } from './browser.mjs'

const cdn = 'https://unpkg.com'

// answer answers for the CDN: /NAME@VERSION/PATH. What spoil names it spoils.
async function answer(route, spoil) {
  const [, name, version, path] = new URL(route.request().url()).pathname.match(/^\/([^@]+)@([^/]+)\/(.*)$/)
  const folder = new URL(`node_modules/${name}/`, import.meta.url)
  assert.equal(JSON.parse(await readFile(new URL('package.json', folder))).version, version, name)
  const body = await readFile(new URL(path, folder))
  await route.fulfill({
    body: path === spoil ? body + '\n' : body,
    contentType: path.endsWith('.css') ? 'text/css' : 'text/javascript',
    headers: { 'Access-Control-Allow-Origin': '*' },
  })
}

async function fromTheCDN() {
  const context = await open('cdn', desk)
  try {
    await context.route(cdn + '/**', (route) => answer(route))
    const page = context.pages()[0]
    await page.goto(BASE + '/graphiql')
    await page.getByText('This is GraphiQL 4 from a public CDN').waitFor()
    const editor = page.locator('.graphiql-query-editor .CodeMirror')
    await editor.waitFor()
    await page.getByLabel('Email address').fill('ada@example.com')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.locator('#who').filter({ hasText: 'Ada Okafor' }).waitFor()
    await page.getByRole('button', { name: 'Execute query' }).click()
    await page.getByRole('menuitem', { name: 'Switcher', exact: true }).click()
    await page.locator('.result-window').getByText('ada@example.com').first().waitFor()
    await picture(page, 'elsewhere')
    assert.equal(context.elsewhere.length, 4, context.elsewhere.join(' '))
    assert.deepEqual(context.elsewhere.filter((url) => !url.startsWith(cdn + '/')), [], 'a host beside the CDN was asked')
    assert.deepEqual(context.complaints, [], 'the console has complaints')
    saw('without npm GraphiQL comes from the CDN, says so, and works')
  } finally {
    await context.close()
  }
}

// A CDN that answers anything else than what npm published is not listened to.
async function fromAnotherCDN() {
  const context = await open('another-cdn', desk)
  try {
    await context.route(cdn + '/**', (route) => answer(route, 'graphiql.min.js'))
    const page = context.pages()[0]
    await page.goto(BASE + '/graphiql')
    await page.getByText('GraphiQL could not be loaded from the CDN.').waitFor()
    assert.match(context.complaints.join(' '), /integrity/)
    saw('a file that one byte was added to is not run, and the page says what to do')
  } finally {
    await context.close()
  }
}

await fromTheCDN()
await fromAnotherCDN()
saw('the end')
