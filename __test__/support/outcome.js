'use strict'

/**
 * The outcome of a call of the public API, in a form in which two engines can be compared.
 *
 * @param authkit the package
 * @param {string} name a function of the package, or `verifySync` or `prefetch`, which are methods of a verifier
 */
async function outcomeOf(authkit, name, args) {
  try {
    const call = Object.hasOwn(authkit, name) ? authkit[name] : verifierCall(authkit, name)
    return { value: withoutGuestId((await call(...args)) ?? null) }
  } catch (error) {
    const { code, status, message, headers, details } = error
    const isAuthError = error instanceof authkit.AuthError
    return {
      isAuthError,
      code,
      status,
      message,
      challenge: headers?.['WWW-Authenticate'],
      details: withoutNow(details),
    }
  }
}

function verifierCall({ createVerifier }, name) {
  return (options, ...args) => createVerifier(options)[name](...args)
}

/** The value as JSON text, which keeps a `__proto__` member and the order, without the random id of a guest. */
function withoutGuestId(value) {
  return JSON.stringify(value).replace(/"guestId":"[0-9a-f-]{36}"/, '"guestId":"a UUID"')
}

/** The details without the time, since the engines read the clock one after the other. */
function withoutNow(details) {
  return details?.now === undefined ? details : { ...details, now: 'now' }
}

module.exports = { outcomeOf }
