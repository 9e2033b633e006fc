// Runs the public audits of GraphQL over HTTP against the endpoint at URL, and prints as JSON how each ended.
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.env.URL })
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))))
