import { relative } from 'node:path'
import { ESLint } from 'eslint'
import { here, root } from './places.mjs'

// lint holds the schema and the documents to eslint.config.js.
export async function lint() {
  const eslint = new ESLint({ cwd: root, overrideConfigFile: here + 'eslint.config.js' })
  const results = await eslint.lintFiles(['schema.graphql', 'web/clients/documents/*.graphql'])
  return {
    told: [`${results.length} files`],
    wrong: results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, message, ruleId }) => `${relative(root, filePath)}:${line}: ${message} (${ruleId})`)),
  }
}
