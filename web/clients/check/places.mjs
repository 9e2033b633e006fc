// Where everything is.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = fileURLToPath(new URL('../', import.meta.url))
export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const generated = join(here, 'generated')
export const schemaText = () => readFile(join(root, 'schema.graphql'), 'utf8')

// documents are the clients' documents, by the name of their screen.
export async function documents() {
  const folder = join(here, 'documents')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort()
  return Promise.all(names.map(async (name) => ({ name: name.replace('.graphql', ''), text: await readFile(join(folder, name), 'utf8') })))
}
