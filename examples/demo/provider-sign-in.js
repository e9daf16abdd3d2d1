'use strict'

const { join } = require('node:path')
const express = require('express')
const { admit } = require('./accounts')
const { securityHeaders } = require('./security-headers')

const PAGE = join(__dirname, 'page')

/** What the page says of somebody who may not sign in. */
const REFUSALS = {
  'wrong password': 'This is not the password of that person.',
  suspended: 'This person is suspended.',
}

/** Where oidc-provider sends a person who has to sign in. */
function signInRoutes(oidc) {
  const router = express.Router()
  for (const file of ['style.css', 'icon.svg'])
    router.get(`/sign-in/${file}`, (_req, res) => res.sendFile(join(PAGE, file)))

  // The interaction is known by a cookie too, so an address that was overheard is of no use in another browser.
  const interaction = async (req, res, next) => {
    req.interaction = await oidc.interactionDetails(req, res)
    // The form leads to the app, by two redirects.
    const { origin } = new URL(req.interaction.params.redirect_uri)
    securityHeaders(`'self' ${origin}`)(req, res, next)
  }

  router.get('/sign-in/:uid', interaction, (_req, res) => {
    res.send(signInPage())
  })

  router.post('/sign-in/:uid', interaction, express.urlencoded({ extended: false }), async (req, res) => {
    const { username, password } = req.body ?? {}
    const refusal = REFUSALS[admit(username, password)]
    if (refusal !== undefined) return res.send(signInPage(refusal))
    await oidc.interactionFinished(req, res, { login: { accountId: username } })
  })

  router.use((error, _req, res, next) => {
    if (!error.expose) return next(error)
    res
      .status(error.status)
      .type('text')
      .send(error.error_description ?? error.message)
  })
  return router
}

/** Nothing that a person typed goes into it. */
function signInPage(refusal) {
  // An alert that a page begins with is not always announced, whereas the field that has the focus is.
  const described = refusal === undefined ? '' : 'aria-describedby="refusal"'
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sign in</title>
    <link rel="icon" href="icon.svg">
    <link rel="stylesheet" href="style.css">
  </head>
  <body class="narrow">
    <main class="card">
      <h1>Sign in</h1>
      <p class="note">This is the OpenID provider, which stands in for your Logto tenant.</p>
      ${refusal === undefined ? '' : `<p class="alert" id="refusal" role="alert">${refusal}</p>`}
      <form method="post">
        <label>Username <input name="username" autocomplete="username" autocapitalize="none" ${described} required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button class="button">Sign in</button>
      </form>
      <p class="note">Its only user is <b>ada</b>, with the password <b>lovelace</b>.</p>
    </main>
  </body>
</html>
`
}

module.exports = { signInRoutes }
