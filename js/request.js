'use strict'

const { parse } = require('cookie')

/**
 * A cookie of a request: Express, `IncomingMessage`, Fastify, Fetch `Request`, Next.js, Koa, API Gateway, or any object
 * with `cookies` or `headers`. Where something has parsed the cookies already, the raw header is not read.
 *
 * @param {any} request
 * @param {string} name
 * @param {any} headers those of the request, for callers that have read them
 * @returns {string | undefined} never anything but a non-empty string
 */
function cookieOf(request, name, headers = headersOf(request)) {
  const store = safely(() => request.cookies)
  if (Array.isArray(store)) return text(safely(() => parse(store.join('; '))[name]))
  if (typeof store === 'object' && store !== null) {
    return text(safely(() => (typeof store.get === 'function' ? cookieValue(store.get(name)) : own(store, name))))
  }
  const header = headerOf(headers, 'cookie')
  return header === undefined ? undefined : text(parse(header)[name])
}

/**
 * The headers of a request. In Express each look into a request is dear, so they are read once.
 *
 * @param {any} request
 * @returns {unknown}
 */
function headersOf(request) {
  return safely(() => request.headers)
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
      return first(
        own(headers, name) ??
          own(
            headers,
            Object.keys(headers).find((key) => key.toLowerCase() === name),
          ),
      )
    }),
  )
}

/**
 * A request may be anything at all, getters that throw included; what cannot be read is not there.
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
 * A cookie store of Next.js gives `{ value }`, one of Koa or a `Map` the value.
 *
 * @param {unknown} cookie
 */
function cookieValue(cookie) {
  return typeof cookie === 'object' && cookie !== null ? own(cookie, 'value') : cookie
}

/**
 * @param {any} object
 * @param {string | undefined} name
 */
function own(object, name) {
  return name !== undefined && Object.hasOwn(object, name) ? object[name] : undefined
}

/** @param {unknown} value */
function first(value) {
  return Array.isArray(value) ? value[0] : value
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined
}

module.exports = { cookieOf, headerOf, headersOf }
