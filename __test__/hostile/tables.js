'use strict'

/** Every table of hostile tokens, by its theme. */
module.exports = {
  algorithms: require('./algorithms'),
  signatures: require('./signatures'),
  headers: require('./headers'),
  claims: require('./claims'),
  payloads: require('./payloads'),
  encodings: require('./encodings'),
  formats: require('./formats'),
}
