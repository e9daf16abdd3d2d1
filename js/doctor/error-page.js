'use strict'

/** @import { Examination, Verdict } from './examine' */

const { join, relative } = require('node:path')

/** The pages of the error codes, which are installed with the package. */
const FOLDER = join(__dirname, '../../docs/errors')

/**
 * The file that says more of what an examination has found, as a path from the working directory; null where nothing is wrong.
 *
 * @param {Pick<Examination, 'outcome' | 'verdict'>} examination
 */
function errorPageOf({ outcome, verdict }) {
  const code = outcome === 'tenant_unusable' ? 'jwks_unavailable' : verdict && codeOf(verdict)
  return code === null ? null : relative(process.cwd(), join(FOLDER, `${code}.md`))
}

/**
 * The code to read about. Text around a token is named by the report itself: what the token alone is refused for says more.
 *
 * @param {Verdict} verdict
 */
function codeOf({ code, ofTokenAlone }) {
  return ofTokenAlone?.code ?? code
}

module.exports = { errorPageOf }
