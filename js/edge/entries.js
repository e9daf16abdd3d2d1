'use strict'

const { Entry } = require('./entry')

/** How many URLs are remembered; past that, the least recently used is forgotten. */
const MAX_URLS = 100

/** The entries of the isolate, the least recently used first. */
const entries = new Map()

/** The entry of a URL, made when it is first asked for. */
function entryOf(url) {
  const entry = entries.get(url) ?? new Entry(url)
  entries.delete(url)
  entries.set(url, entry)
  if (entries.size > MAX_URLS) entries.delete(entries.keys().next().value)
  return entry
}

/** Forgets the keys of a URL. A fetch under way answers those who wait for it and no one after them. */
function forgetKeys(url) {
  entries.delete(url)
}

/** Forgets all keys. */
function forgetAllKeys() {
  entries.clear()
}

/** How the keys of each URL fare, the most recently used first. */
function keysStatus() {
  return [...entries.values()].reverse().map((entry) => entry.status())
}

module.exports = { entryOf, forgetAllKeys, forgetKeys, keysStatus }
