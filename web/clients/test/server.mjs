// The server at BASE, and the documents that clients ask it.
import { buildSchema, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField, parse, separateOperations } from 'graphql'
import { documents, schemaText } from '../check/places.mjs'

export const endpoint = process.env.BASE + '/graphql'
export const schema = buildSchema(await schemaText())
export const ask = separateOperations(parse((await documents()).map(({ text }) => text).join('\n')))

// browser is fetch with a cookie, as a page has it.
export function browser() {
  let cookie
  return async (url, options) => {
    const response = await fetch(url, { ...options, headers: { ...options.headers, ...(cookie && { Cookie: cookie }) } })
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';')
      cookie = pair.endsWith('=') ? undefined : pair
    }
    return response
  }
}

// app is fetch with an access token, which it is given.
export function app() {
  const held = { tokens: undefined, fetch: undefined }
  held.fetch = (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...(held.tokens && { Authorization: 'Bearer ' + held.tokens.accessToken }) } })
  return held
}

// anything is a value that fits a type, with no more in it than has to be.
export function anything(type) {
  if (isNonNullType(type)) return anything(type.ofType)
  if (isListType(type)) return [anything(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0].name
  if (isInputObjectType(type)) return Object.fromEntries(Object.values(type.getFields()).filter(isRequiredInputField).map((field) => [field.name, anything(field.type)]))
  return { Int: 1, Boolean: true, DateTime: '2026-12-06T14:05:00Z' }[type.name] ?? 'anything'
}
