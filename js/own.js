'use strict'

// Members of objects that others have made. Merged JSON of a stranger can give a member to every object of a process, through
// Object.prototype (prototype pollution); nobody has asked for such a member, so it is never read.

/**
 * The own members of an object, each read once. Without a prototype, so that any other is undefined.
 *
 * @template {object} T
 * @param {T | undefined} object
 * @returns {Partial<T>}
 */
function ownMembers(object) {
  return { __proto__: null, .../** @type {T} */ (object) }
}

/**
 * An own member of an object; undefined where it has none of that name.
 *
 * @param {any} object
 * @param {string} name
 */
function own(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/**
 * A member that an object has itself or from its class; undefined where it is one that all objects have.
 *
 * @param {any} object
 * @param {string} name
 */
function memberOf(object, name) {
  const value = object[name]
  return value === /** @type {any} */ (Object.prototype)[name] ? undefined : value
}

module.exports = { memberOf, own, ownMembers }
