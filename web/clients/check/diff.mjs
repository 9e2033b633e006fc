import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CriticalityLevel, diff as compare } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'
import { here, root, schemaText } from './places.mjs'

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 })

// before is the schema before its last change: what is committed, or, when that is what stands here, what was before it. It
// is null where no history tells, such as in a shallow clone.
function before(now) {
  try {
    const committed = git('show', 'HEAD:schema.graphql')
    if (committed !== now) return { of: 'the last commit', text: committed }
    const changed = git('log', '-1', '--format=%H', '--', 'schema.graphql').trim()
    return { of: `the commit before ${changed.slice(0, 9)}`, text: git('show', changed + '^:schema.graphql') }
  } catch {
    return null
  }
}

// accepted are the changes that break clients and are made all the same, each with its reason: `MESSAGE # WHY`.
async function accepted() {
  const lines = (await readFile(join(here, 'breaking.txt'), 'utf8')).split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(lines.map((line) => line.split(' # ')))
}

// diff reports what is dangerous for clients that are out there, and refuses what breaks them.
export async function diff() {
  const now = await schemaText()
  const then = before(now)
  if (!then) return { told: ['There is no older schema to compare with.'] }
  const changes = await compare(buildSchema(then.text), buildSchema(now))
  const known = await accepted()
  const of = (level) => changes.filter(({ criticality }) => criticality.level === level)
  const breaking = of(CriticalityLevel.Breaking)
  return {
    told: [
      `${changes.length} changes since ${then.of}`,
      ...of(CriticalityLevel.Dangerous).map(({ message }) => 'dangerous: ' + message),
      ...breaking.filter(({ message }) => known.has(message)).map(({ message }) => `breaking, and accepted: ${message} (${known.get(message)})`),
    ],
    wrong: breaking.filter(({ message }) => !known.has(message)).map(({ message }) => 'breaking: ' + message),
  }
}
