'use strict'

/** The version of this package, as in package.json: a bundler may have no loader for JSON. */
const VERSION = '0.1.0'

module.exports = { VERSION }
