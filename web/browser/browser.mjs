// What every play in a browser needs: a Chromium that reaches nothing but this machine, pictures, and what was seen.
//
// BASE          http://127.0.0.1:PORT
// CHROMIUM      the program
// PROFILES      a folder for the browsers' profiles
// SCREENSHOTS   a folder for pictures

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const { BASE, CHROMIUM, PROFILES, SCREENSHOTS } = process.env
export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
export const desk = { viewport: { width: 1280, height: 900 } }

export const saw = (sentence) => console.log('saw: ' + sentence)
let pictures = 0

// open starts a browser of its own that can reach nothing but this machine. It notes what was asked for elsewhere, what
// failed, and what a page complained of: errors, warnings, and what its policy forbade it.
export async function open(name, options) {
  const context = await chromium.launchPersistentContext(join(PROFILES, name), {
    executablePath: CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    ...options,
  })
  context.setDefaultTimeout(20_000)
  context.elsewhere = []
  context.faults = []
  context.complaints = []
  await context.addInitScript(() => addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    console.error(`policy: ${effectiveDirective} forbids ${blockedURI}`)))
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) context.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => context.complaints.push('thrown: ' + error.error().message))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.origin !== BASE) context.elsewhere.push(request.url())
  })
  context.on('response', (response) => {
    if (response.status() >= 500) context.faults.push(`${response.status()} ${response.url()}`)
  })
  return context
}

// picture takes one of the whole page, and holds that nobody has to scroll sideways.
export async function picture(page, name) {
  await page.screenshot({ path: join(SCREENSHOTS, `${String(++pictures).padStart(2, '0')}-${name}.png`), fullPage: true })
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  assert.ok(wide <= window, `${name}: the page is ${wide} wide in a window of ${window}`)
}
