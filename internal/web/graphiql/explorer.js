// What both editions of GraphiQL are started with: the one that is built in, and the one from a CDN.
globalThis.roster = (() => {
  // ask sends one operation with the page's session, and answers what came back. A server that cannot be understood is a
  // sentence, too.
  async function ask(endpoint, operation, headers) {
    let response
    try {
      response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json', ...headers },
        body: JSON.stringify(operation),
      })
    } catch {
      return { errors: [{ message: 'Roster does not answer. Look whether it is still running, and try again.' }] }
    }
    try {
      return await response.json()
    } catch {
      return { errors: [{ message: `Roster answered ${response.status} ${response.statusText}, and no JSON.` }] }
    }
  }

  // What was typed is kept apart for each set of examples, so that old ids do not come back with a new demo.
  function storage(edition) {
    const prefix = `roster:${edition}:`
    const ours = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix))
    return {
      getItem: (key) => localStorage.getItem(prefix + key),
      setItem: (key, value) => localStorage.setItem(prefix + key, value),
      removeItem: (key) => localStorage.removeItem(prefix + key),
      clear: () => ours().forEach((key) => localStorage.removeItem(key)),
      get length() {
        return ours().length
      },
    }
  }

  // explorer is what GraphiQL is told, from the data attribute of its element.
  function explorer(element) {
    const { endpoint, tabs, edition } = JSON.parse(element.dataset.config)
    const kept = storage(edition)
    // Of the tab that it opens with, GraphiQL shows only variables that it remembers.
    if (!kept.getItem('graphiql:tabState') && tabs[0].variables) kept.setItem('graphiql:variables', tabs[0].variables)
    return {
      fetcher: async ({ query, variables, operationName }, { headers } = {}) => {
        // GraphiQL reads what was typed a moment later; until then it names the operation that stood there before.
        const named = operationName && new RegExp(`\\b${operationName}\\b`).test(query)
        const answer = await ask(endpoint, { query, variables, operationName: named ? operationName : undefined }, headers)
        // Perhaps it changed who is signed in, or tells that the session has ended.
        const ended = answer.data?.viewer === null || answer.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
        if (ended || /\bmutation\b/.test(query)) dispatchEvent(new Event('roster:changed'))
        return answer
      },
      defaultTabs: tabs,
      defaultQuery: '# Ask for what you can see. Ctrl+Space shows what there is.\n',
      defaultEditorToolsVisibility: 'variables',
      inputValueDeprecation: true,
      schemaDescription: true,
      shouldPersistHeaders: false,
      storage: kept,
    }
  }

  return { ask, explorer }
})()
