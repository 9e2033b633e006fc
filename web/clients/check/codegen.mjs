import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { codegen as generate } from '@graphql-codegen/core'
import * as typedDocuments from '@graphql-codegen/typed-document-node'
import * as operations from '@graphql-codegen/typescript-operations'
import { parse } from 'graphql'
import { documents, generated, here, schemaText } from './places.mjs'

// Every scalar is told, or it is refused; a null is not forgotten; nothing is `any`.
const config = {
  strictScalars: true,
  scalars: { ID: 'string', DateTime: 'string', Upload: 'Blob' },
  defaultScalarType: 'unknown',
  enumsAsTypes: true,
  useTypeImports: true,
  dedupeOperationSuffix: true,
}

// codegen generates TypeScript, and holds that it and the program that uses it are sound.
export async function codegen() {
  await rm(join(generated, 'typescript'), { recursive: true, force: true })
  await mkdir(join(generated, 'typescript'), { recursive: true })
  const filename = join(generated, 'typescript', 'roster.ts')
  const asked = await documents()
  try {
    await writeFile(filename, await generate({
      filename,
      config,
      schema: parse(await schemaText()),
      documents: asked.map(({ name, text }) => ({ location: name, document: parse(text) })),
      plugins: [{ operations: {} }, { typedDocuments: {} }],
      pluginMap: { operations, typedDocuments },
    }))
  } catch (error) {
    return { wrong: [error.message] }
  }
  const tsc = join(createRequire(import.meta.url).resolve('typescript'), '../tsc.js')
  try {
    await promisify(execFile)(process.execPath, [tsc, '--noEmit', '--project', join(here, 'tsconfig.json')])
  } catch ({ stdout, stderr }) {
    return { wrong: [`${stdout}${stderr}`] }
  }
  return { told: [`${asked.length} documents`] }
}
