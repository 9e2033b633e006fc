// The bar above GraphiQL: who is signed in, signing in, and signing out. The session is the cookie that every page uses.
(() => {
  const bar = document.getElementById('session')
  const form = document.getElementById('sign-in')
  const who = document.getElementById('who')
  const out = document.getElementById('sign-out')
  const people = document.getElementById('people')
  const wrong = document.getElementById('wrong')

  const ask = (query, variables) => globalThis.roster.ask(bar.dataset.endpoint, { query, variables })

  // sentences are why something was not done: the problems of a mutation, or faults.
  const sentences = ({ data, errors }, field) => [...(errors ?? []), ...(data?.[field]?.problems ?? [])].map(({ message }) => message).join(' ')

  function tell(sentence) {
    wrong.textContent = sentence
    wrong.hidden = !sentence
  }

  // show puts on the page who is signed in, or the form.
  function show(user) {
    form.hidden = Boolean(user)
    who.hidden = out.hidden = !user
    if (!user) return
    who.querySelector('b').textContent = `${user.firstName} ${user.lastName}`
    who.querySelector('span').textContent = user.email
  }

  async function look() {
    const answer = await ask('query WhoIsSignedIn { viewer { user { firstName lastName email } } }')
    tell(sentences(answer))
    show(answer.data?.viewer?.user)
  }

  async function signIn(email, password) {
    const answer = await ask('mutation SignIn($input: SignInInput!) { signIn(input: $input) { viewer { user { firstName lastName email } } problems { message } } }',
      { input: { email, password, client: 'WEB' } })
    const reasons = sentences(answer, 'signIn')
    tell(reasons)
    if (reasons) return
    form.reset()
    show(answer.data.signIn.viewer.user)
  }

  async function signOut() {
    const answer = await ask('mutation SignOut { signOut { problems { message } } }')
    await look()
    if (!form.hidden) return // also when somebody else was faster
    tell(sentences(answer, 'signOut'))
  }

  // busy keeps everything still while something is being asked, so that nothing is asked twice.
  async function busy(act) {
    const parts = bar.querySelectorAll('input, button, select')
    parts.forEach((part) => { part.disabled = true })
    try {
      await act()
    } finally {
      parts.forEach((part) => { part.disabled = false })
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const { email, password } = Object.fromEntries(new FormData(form))
    busy(() => signIn(email, password))
  })
  out.addEventListener('click', () => busy(signOut))
  people?.addEventListener('change', () => {
    const person = people.selectedOptions[0]
    busy(async () => {
      if (form.hidden) await signOut()
      await signIn(person.value, person.dataset.password)
      people.value = ''
    })
  })
  addEventListener('roster:changed', look)
  document.addEventListener('visibilitychange', () => document.hidden || look()) // one signs in and out in other tabs, too
  busy(look)
})()
