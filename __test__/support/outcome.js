'use strict'

/**
 * How a call of the public API ends, as text that two engines can be compared by.
 *
 * @param authkit the package
 * @param {string} name a function of it, or `verifySync`, `prefetch`: a call of a verifier
 */
async function outcomeOf(authkit, name, args) {
  try {
    const call = Object.hasOwn(authkit, name) ? authkit[name] : verifierCall(authkit, name)
    return { value: withoutGuestId((await call(...args)) ?? null) }
  } catch (error) {
    const { code, status, message, details } = error
    return { isAuthError: error instanceof authkit.AuthError, code, status, message, details: withoutNow(details) }
  }
}

function verifierCall({ createVerifier }, name) {
  return (options, ...args) => createVerifier(options)[name](...args)
}

/** Text, as it keeps a `__proto__` member and the order. A guest's id is made up at random. */
function withoutGuestId(value) {
  return JSON.stringify(value).replace(/"guestId":"[0-9a-f-]{36}"/, '"guestId":"a UUID"')
}

/** The engines look at the clock one after the other. */
function withoutNow(details) {
  return details?.now === undefined ? details : { ...details, now: 'now' }
}

module.exports = { outcomeOf }
