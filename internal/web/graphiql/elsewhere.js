// Starts the GraphiQL that came from a CDN.
(() => {
  const root = document.getElementById('graphiql')
  if (typeof GraphiQL === 'undefined') {
    root.querySelector('.waiting').textContent = 'GraphiQL could not be loaded from the CDN. Look whether this machine has a network; with npm, “make run” builds it in.'
    return
  }
  ReactDOM.createRoot(root).render(React.createElement(GraphiQL, globalThis.roster.explorer(root)))
})()
