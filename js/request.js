'use strict'

const { parse } = require('cookie')
const { memberOf, own } = require('./own')

/**
 * A cookie of a request: Express, `IncomingMessage`, Fastify, Fetch `Request`, Next.js, Koa, API Gateway, or any object
 * with `cookies` or `headers`. Of several cookies of that name the first counts; a value in quotes is read without them.
 *
 * Parsers differ in both rules, so the cookies that another parser has read count only if the header has none of that name.
 *
 * @param {any} request
 * @param {string} name
 * @param {any} headers those of the request, for callers that have read them
 * @returns {string | undefined} never anything but a non-empty string
 */
function cookieOf(request, name, headers = headersOf(request)) {
  const cookie = cookiesIn(headerOf(headers, 'cookie'), name)[name]
  return text(unquoted(cookie === undefined ? cookieInStore(request, name) : cookie))
}

/**
 * The cookies of a `Cookie` header, without a prototype. None, unless one of them can have that name.
 *
 * @param {string | undefined} header
 * @param {string} name
 * @returns {Record<string, string | undefined>}
 */
function cookiesIn(header, name) {
  return header?.includes(name) ? parse(header) : NO_COOKIES
}

const NO_COOKIES = Object.freeze(Object.create(null))

/**
 * @param {any} request
 * @param {string} name
 * @returns {unknown}
 */
function cookieInStore(request, name) {
  return safely(() => {
    const store = memberOf(request, 'cookies')
    if (Array.isArray(store)) return cookiesIn(store.join('; '), name)[name]
    if (typeof store !== 'object' || store === null) return undefined
    return typeof store.get === 'function' ? cookieValue(store.get(name)) : own(store, name)
  })
}

/**
 * The headers of a request. Express takes long to give them, so a caller reads them once.
 *
 * @param {any} request
 * @returns {unknown}
 */
function headersOf(request) {
  return safely(() => memberOf(request, 'headers'))
}

/**
 * One of the headers of a request, whose name is given in lower case; the first where it stands several times.
 *
 * @param {any} headers
 * @param {string} name
 * @returns {string | undefined} never anything but a non-empty string
 */
function headerOf(headers, name) {
  return text(
    safely(() => {
      if (typeof headers.get === 'function') return headers.get(name)
      return first(own(headers, name) ?? own(headers, spellingOf(headers, name)))
    }),
  )
}

/**
 * A header's name in the case that these headers have it in. The length first: Node.js has all in lower case, so most requests
 * without a cookie come here for nothing.
 *
 * @param {object} headers
 * @param {string} name
 */
function spellingOf(headers, name) {
  for (const key of Object.keys(headers)) if (key.length === name.length && key.toLowerCase() === name) return key
  return name
}

/**
 * Reads from a request, which may be anything, even an object whose getters throw. A value that cannot be read is undefined.
 *
 * @template T
 * @param {() => T} read
 */
function safely(read) {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * The value of a cookie that a store gave: the store of Next.js gives `{ value }`, that of Koa or a `Map` the value itself.
 *
 * @param {unknown} cookie
 */
function cookieValue(cookie) {
  return typeof cookie === 'object' && cookie !== null ? own(cookie, 'value') : cookie
}

/** @param {unknown} value */
function first(value) {
  return Array.isArray(value) ? value[0] : value
}

/**
 * RFC 6265 section 4.1.1 lets a server put quotes around a value; they are no part of it.
 *
 * @param {unknown} value
 */
function unquoted(value) {
  return typeof value === 'string' && value.length > 1 && value[0] === '"' && value.endsWith('"')
    ? value.slice(1, -1)
    : value
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined
}

module.exports = { cookieOf, headerOf, headersOf }
