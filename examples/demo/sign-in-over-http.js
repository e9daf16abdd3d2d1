'use strict'

/**
 * Signs somebody in as their browser would: follows the redirects, keeps the cookies and sends the provider's form.
 *
 * @param signIn what `createSignIn` returns
 * @param {string} redirectUri where the way ends: nothing has to listen there
 * @param {{ username: string, password: string }} credentials
 * @returns what `finish` of the sign-in does; undefined where the provider does not let them in
 */
async function signInOverHttp(signIn, redirectUri, credentials) {
  const { id, url } = await signIn.begin()
  const cookies = new Map()
  const form = await follow(url, redirectUri, cookies)
  const answer = await follow(form.url, redirectUri, cookies, {
    method: 'POST',
    body: new URLSearchParams(credentials),
  })
  if (!answer.url.startsWith(redirectUri)) return undefined
  return signIn.finish(id, new URL(answer.url))
}

/** The first answer that is no redirect, or the redirect to the end of the way. */
async function follow(url, end, cookies, init = {}) {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { Cookie: cookie } })
  for (const header of response.headers.getSetCookie()) {
    const [pair] = header.split(';', 1)
    const [name, value] = pair.split('=', 2)
    cookies.set(name, value)
  }
  await response.arrayBuffer()
  const location = response.headers.get('Location')
  if (location === null) return { url }
  const next = new URL(location, url).href
  return next.startsWith(end) ? { url: next } : follow(next, end, cookies)
}

module.exports = { signInOverHttp }
