import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse, print, Kind } from 'graphql'
import compiler from 'relay-compiler'
import { documents, generated, here, schemaText } from './places.mjs'

// relay compiles the documents as they are, and what relay/ holds: Relay's own pagination. It reads programs, so each
// document becomes one.
export async function relay() {
  const folder = join(generated, 'relay')
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'src'), { recursive: true })
  await mkdir(join(folder, 'made'), { recursive: true })
  await writeFile(join(folder, 'schema.graphql'), await schemaText())
  for (const { name, text } of await documents()) {
    const parts = parse(text).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION)
    await writeFile(join(folder, 'src', name + '.ts'), parts.map((part) => `graphql\`\n${print(part)}\n\`\n`).join('\n'))
  }
  await cp(join(here, 'relay'), join(folder, 'src'), { recursive: true })
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify({
    src: 'src', schema: 'schema.graphql', language: 'typescript', artifactDirectory: 'made', eagerEsModules: true,
    // Relay warns of a scalar that it does not know; this makes that an error, as strictScalars does for graphql-codegen.
    customScalarTypes: { DateTime: 'string', Upload: 'Blob' }, requireCustomScalarTypes: true,
    schemaConfig: { nodeInterfaceIdField: 'id' },
  }))
  try {
    await promisify(execFile)(compiler, ['relay.config.json'], { cwd: folder })
  } catch ({ stdout, stderr }) {
    return { wrong: [`${stdout}${stderr}`] }
  }
  return { told: [`${(await readdir(join(folder, 'made'))).length} documents and fragments`] }
}
