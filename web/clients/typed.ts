// What a client's program does with what graphql-codegen makes. It is never run: tsc holds that it is sound.
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core'
import { AddUserMutationDocument, UsersPageQueryDocument } from './generated/typescript/roster.ts'
import type { MembershipStatus, Problem_AllFragment } from './generated/typescript/roster.ts'

type Person = NonNullable<ResultOf<typeof UsersPageQueryDocument>['clientAccount']>['memberships']['edges'][number]['node']

// label knows every status: one more in the schema is an error here.
export function label(status: MembershipStatus): string {
  switch (status) {
    case 'AWAITING_ACTIVATION':
      return 'For later'
    case 'PENDING':
      return 'Invited'
    case 'ACTIVE':
      return 'Active'
    case 'DEACTIVATED':
      return 'Deactivated'
    case 'REMOVED':
      return 'Removed'
  }
}

// row shows a person: dates are strings in RFC 3339, and what can be null has to be thought of.
export function row({ firstName, lastName, email, invitation, actions }: Person): string {
  const until = invitation?.expiresAt ? new Date(invitation.expiresAt).toLocaleDateString() : 'for good'
  const remove = actions.remove.allowed ? 'Remove' : actions.remove.problems.map(({ message }) => message).join(' ')
  return `${firstName} ${lastName} ${email ?? ''} ${until} ${remove}`
}

export const added: VariablesOf<typeof AddUserMutationDocument> = {
  input: { accountId: 'cli_1', firstName: 'Gus', lastName: 'Newman', email: null, loginAccess: false, roleId: 'rol_standard' },
}

export const sentences = (problems: readonly Problem_AllFragment[]): string[] => problems.map(({ field, message }) => `${(field ?? []).join('.')}: ${message}`)
