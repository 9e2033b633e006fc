// The editor's workers, built beside the page: it may start none from anywhere else. GraphiQL's own set-up for Vite does
// the same, and writes a line to the console for each.
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker'
import JSONWorker from 'monaco-editor/esm/vs/language/json/json.worker.js?worker'
import GraphQLWorker from 'monaco-graphql/esm/graphql.worker.js?worker'

const workers = { json: JSONWorker, graphql: GraphQLWorker }

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new (workers[label] ?? EditorWorker)(),
}
