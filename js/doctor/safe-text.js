'use strict'

// A token is text that anybody may have written, and a secret: what is shown of it goes through here.

const MAX_SHOWN_CHARS = 200
const MAX_SHOWN_MEMBERS = 50

/** Control characters, those that turn the direction of text, invisible ones, half surrogate pairs, line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu
/** The part of a URL before its host. */
const CREDENTIALS = /(?<=\/\/)[^/@\s"]*@/g
/** What begins like the JSON object of a JOSE header, in base64url. */
const ENCODED_TOKEN = /eyJ[\w-]{8,}\.[\w.-]+/g

/**
 * Takes secrets out of text.
 *
 * @param {string} text plain, or JSON
 * @param {string[]} [secrets] what must not be shown, besides anything that looks like a token, and credentials in URLs
 */
function hide(text, secrets = []) {
  const redacted = secrets.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text)
  return redacted.replace(ENCODED_TOKEN, '(hidden)').replace(CREDENTIALS, '(hidden)@')
}

/**
 * Text as one line without anything invisible, as JSON would write it; JSON keeps its meaning.
 *
 * @param {string} text
 */
function printable(text) {
  return text.replace(UNPRINTABLE, escaped)
}

/** @param {string} character */
function escaped(character) {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/**
 * An object as far as it is shown: long values are cut, as text, and so is the number of members.
 *
 * @param {object} object
 */
function excerpt(object) {
  const members = Object.entries(object).slice(0, MAX_SHOWN_MEMBERS)
  return Object.fromEntries(members.map(([name, value]) => [cut(name), excerptOf(value)]))
}

/** @param {unknown} value */
function excerptOf(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_SHOWN_CHARS ? cut(text) : value
}

/** @param {string} text */
function cut(text) {
  const { length } = text
  return length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}… (${length} characters)` : text
}

/**
 * A value from outside as a part of a sentence.
 *
 * @param {unknown} value
 */
function quote(value) {
  return cut(JSON.stringify(value) ?? 'nothing')
}

module.exports = { excerpt, hide, printable, quote }
