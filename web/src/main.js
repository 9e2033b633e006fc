// GraphiQL as it is built in. What is Roster's own about it stands on the page: its tabs, its fetcher, who is signed in.
import './workers.js'
import 'graphiql/style.css'
import { useMonaco } from '@graphiql/react'
import { GraphiQL } from 'graphiql'
import { createElement, Fragment, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

// Wrapped makes the editors break long lines: the examples explain themselves in them, and a phone is narrow.
function Wrapped() {
  const { editor } = useMonaco((state) => state.monaco) ?? {}
  useEffect(() => {
    const wrap = (one) => one.updateOptions({ wordWrap: 'on' })
    editor?.getEditors().forEach(wrap)
    const listening = editor?.onDidCreateEditor(wrap)
    return () => listening?.dispose()
  }, [editor])
}

const root = document.getElementById('graphiql')
createRoot(root).render(createElement(Fragment, null, createElement(Wrapped), createElement(GraphiQL, globalThis.roster.explorer(root))))
