'use strict'

/** The tables of hostile tokens, by theme. */
module.exports = {
  algorithms: require('./algorithms'),
  signatures: require('./signatures'),
  headers: require('./headers'),
  claims: require('./claims'),
  payloads: require('./payloads'),
  encodings: require('./encodings'),
  formats: require('./formats'),
}
