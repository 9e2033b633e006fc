// Starts GraphiQL with what the page says in its data attributes.
(() => {
  const root = document.getElementById("graphiql");
  const { endpoint, tabs, edition } = JSON.parse(root.dataset.config);

  // What was typed is kept apart for each set of examples, so that old ids do not come back with a new demo.
  const prefix = `roster:${edition}:`;
  const storage = {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).forEach((key) => localStorage.removeItem(key)),
    get length() {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length;
    },
  };

  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: endpoint }),
      defaultTabs: tabs,
      defaultQuery: "# Ask for what you can see. Ctrl+Space shows what there is.\n",
      shouldPersistHeaders: false,
      storage,
    }),
  );
})();
