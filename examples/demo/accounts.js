'use strict'

/** The people whom the provider knows. The passwords are no secret: the sign-in page names them. */
const ACCOUNTS = new Map([['ada', { password: 'lovelace', scopes: ['read:profile'], isSuspended: false }]])

/** Whether somebody may sign in: `'yes'`, `'wrong password'` or `'suspended'`. */
function admit(username, password) {
  const account = ACCOUNTS.get(username)
  if (account === undefined || account.password !== password) return 'wrong password'
  return account.isSuspended ? 'suspended' : 'yes'
}

/**
 * Suspends somebody, or lifts their suspension.
 *
 * @param {string} username
 * @param {boolean} isSuspended
 */
function setSuspended(username, isSuspended) {
  ACCOUNTS.get(username).isSuspended = isSuspended
}

/** For `findAccount` of oidc-provider. */
function findAccount(_ctx, accountId) {
  return ACCOUNTS.has(accountId) ? { accountId, claims: () => ({ sub: accountId }) } : undefined
}

/**
 * For `loadExistingGrant` of oidc-provider: grants what the person may do and leaves the rest of what was requested out of
 * the token, without asking, as Logto does for the tenant's own apps.
 */
async function grantOwnScopes({ oidc }) {
  const { accountId } = oidc.session
  const { scopes } = ACCOUNTS.get(accountId)
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId })
  for (const scope of oidc.requestParamOIDCScopes) {
    if (scope === 'openid') grant.addOIDCScope(scope)
    else grant.rejectOIDCScope(scope)
  }
  for (const [resource, server] of Object.entries(oidc.resourceServers)) {
    for (const scope of server.scopes) {
      if (scopes.includes(scope)) grant.addResourceScope(resource, scope)
      else grant.rejectResourceScope(resource, scope)
    }
  }
  await grant.save()
  return grant
}

module.exports = { admit, findAccount, grantOwnScopes, setSuspended }
