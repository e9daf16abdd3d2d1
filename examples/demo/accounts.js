'use strict'

/**
 * The people whom the provider knows: the scopes of their global roles, and those of their roles in each of their organizations.
 * The passwords are no secret: the sign-in page names them.
 */
const ACCOUNTS = new Map([
  [
    'ada',
    {
      password: 'lovelace',
      scopes: ['read:profile'],
      organizations: new Map([
        ['acme', ['invoices:write']],
        ['globex', []],
      ]),
      isSuspended: false,
    },
  ],
])

/** The scope for which Logto's clients ask to be told the person's organizations, and to get tokens for them. */
const ORGANIZATIONS_SCOPE = 'urn:logto:scope:organizations'

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
  const account = ACCOUNTS.get(accountId)
  if (account === undefined) return undefined
  return { accountId, claims: () => ({ sub: accountId, organizations: [...account.organizations.keys()] }) }
}

/**
 * The scopes that a person holds within an organization: of their roles there, and of their global roles. Undefined where they
 * are no member.
 */
function scopesWithin(organizationId, accountId) {
  const account = ACCOUNTS.get(accountId)
  const scopes = account?.organizations.get(organizationId)
  return scopes && [...account.scopes, ...scopes]
}

/**
 * For `loadExistingGrant` of oidc-provider: grants what the person may do and leaves the rest of what was requested out of
 * the token, without asking, as Logto does for the tenant's own apps. As in Logto, a plain token has the scopes of every
 * organization as well.
 */
async function grantOwnScopes({ oidc }) {
  const { accountId } = oidc.session
  const account = ACCOUNTS.get(accountId)
  const scopes = [...account.scopes, ...[...account.organizations.values()].flat()]
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId })
  for (const scope of oidc.requestParamOIDCScopes) {
    if (scope === 'openid' || scope === ORGANIZATIONS_SCOPE) grant.addOIDCScope(scope)
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

module.exports = { ORGANIZATIONS_SCOPE, admit, findAccount, grantOwnScopes, scopesWithin, setSuspended }
