// What the schema and its clients' documents are held to: every rule of graphql-eslint. One that is off, or loosened, has
// its reason beside it.
import { fileURLToPath } from 'node:url'
import graphql from '@graphql-eslint/eslint-plugin'

const root = fileURLToPath(new URL('../../', import.meta.url))
const languageOptions = {
  parser: graphql.parser,
  parserOptions: { graphQLConfig: { schema: root + 'schema.graphql', documents: root + 'web/clients/documents/*.graphql' } },
}
const plugins = { '@graphql-eslint': graphql }

export default [
  {
    files: ['schema.graphql'],
    plugins,
    languageOptions,
    rules: {
      ...graphql.configs['flat/schema-all'].rules,
      ...graphql.configs['flat/schema-relay'].rules,

      '@graphql-eslint/require-description': ['error', { types: true, rootField: true, DirectiveDefinition: true, EnumValueDefinition: true, FieldDefinition: true, InputValueDefinition: true }],

      // It reads from the person who asks to what they can do; within a type what matters most stands first.
      '@graphql-eslint/alphabetize': 'off',
      // A sentence stands on a line, a paragraph in a block.
      '@graphql-eslint/description-style': 'off',
      // Connections have `nodes` beside `edges`, and short lists, such as an account's roles, are plain.
      '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
      // There are mutations; there is nothing to subscribe to.
      '@graphql-eslint/no-root-type': ['error', { disallow: ['subscription'] }],
      // A mutation answers what it changed, and what can no longer be seen is null; all else is another question.
      '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',
      // These are values, or parts of what has an id.
      '@graphql-eslint/strict-id-in-types': ['error', {
        exceptions: {
          suffixes: ['Connection', 'Edge', 'Payload', 'Actions'],
          types: ['PageInfo', 'Action', 'Effect', 'Change', 'Problem', 'ClientAccess', 'SessionTokens', 'InvitationPreview', 'Identity', 'LoginMergePlan', 'MembershipRowResult', 'SubmissionAddress', 'WhatsAppLink'],
        },
      }],
    },
  },
  {
    files: ['web/clients/documents/*.graphql'],
    plugins,
    languageOptions,
    rules: {
      ...graphql.configs['flat/operations-all'].rules,

      // In the order of the screen.
      '@graphql-eslint/alphabetize': 'off',
      // A file holds what one screen asks, and is called like it.
      '@graphql-eslint/lone-executable-definition': 'off',
      '@graphql-eslint/match-document-filename': 'off',
      // A fragment is what one part of a screen needs to know, however often the part is shown.
      '@graphql-eslint/no-one-place-fragments': 'off',
      // Comments that import are for loaders; relay-compiler and graphql-codegen find fragments by name.
      '@graphql-eslint/require-import-fragment': 'off',
      // Relay's names: those of the screen, with a suffix; those of its parts behind an underscore.
      '@graphql-eslint/naming-convention': ['error', {
        VariableDefinition: 'camelCase',
        OperationDefinition: { style: 'PascalCase', requiredPattern: /(Query|Mutation)$/ },
        FragmentDefinition: { requiredPattern: /^[A-Z][A-Za-z]+_[a-z][A-Za-z]+$/ },
      }],
      // What the server takes.
      '@graphql-eslint/selection-set-depth': ['error', { maxDepth: 12 }],
    },
  },
]
