// Checks the published schema, and what real clients make of it. `make clients` runs it:
//
//   lint       the schema and the documents, by graphql-eslint
//   diff       the schema against what it was before its last change, by graphql-inspector: nothing breaks
//   relay      the documents, and Relay's own way of asking for pages, by relay-compiler
//   codegen    TypeScript of the schema and the documents, by graphql-codegen, and a program that uses it, by tsc
import { lint } from './check/lint.mjs'
import { diff } from './check/diff.mjs'
import { relay } from './check/relay.mjs'
import { codegen } from './check/codegen.mjs'

for (const [name, step] of Object.entries({ lint, diff, relay, codegen })) {
  const began = Date.now()
  const { told = [], wrong = [] } = await step()
  console.log(`${name}: ${wrong.length ? 'wrong' : 'well'} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  for (const line of [...told, ...wrong]) console.log('  ' + line.replaceAll('\n', '\n  '))
  if (wrong.length) process.exitCode = 1
}
