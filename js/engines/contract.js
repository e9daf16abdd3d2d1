'use strict'

/** @import { AuthError, AuthPayload, JwksStatus } from 'logto-authkit' */

// All that the layer above may know and use of an engine. There are two, native/engine.js and portable/engine.js, which
// __test__/conformance.test.js holds together; `#engine` in package.json is the module that chooses between them.

/**
 * The options of a verifier, as js/options.js has checked and completed them: each under the name the user gave it.
 *
 * @typedef {object} Settings
 * @property {string} jwksUri
 * @property {string[]} issuer any one of them is enough
 * @property {string[]} audience any one of them is enough
 * @property {boolean} organizationToken whether the audience of any organization's tokens is accepted, too
 * @property {string[]} requiredScope all of them are needed
 * @property {string | undefined} tokenType a bare media type; undefined accepts `at+jwt`, `JWT` and no `typ` at all
 * @property {number} clockTolerance in seconds
 * @property {number} jwksCacheTtlMs
 * @property {number} jwksMaxStaleMs
 * @property {number} jwksTimeoutMs
 * @property {string | undefined} jwks the JSON text of a JWK Set, whose keys are the only ones: none are fetched
 * @property {boolean} skipJwksCache
 * @property {number} tokenCacheSize 0: none is remembered
 *
 * Keys that another process fetched, for a URL that has none here: the JSON text of a JWK Set, and when they were fetched, in
 * milliseconds since the Unix epoch. Each counts once, and none that is older than the last call of `forgetKeys`: nothing brings
 * back what was forgotten.
 * @typedef {{ jwks: string, fetchedAt: number }} Seed
 *
 * What counts only when an engine is made: which one it is, and the keys it brings along.
 * @typedef {{ engine: 'auto' | 'native' | 'portable', initialJwks: Seed | undefined }} Beginning
 */

/**
 * What an engine says of a token: `payload`, an object, where the tenant signed it for this audience, now, with these
 * scopes; else `error`. Never both, never neither; and each member is there, if only as undefined: one that is not there
 * could be read from a polluted Object.prototype. The payload belongs to the caller.
 *
 * @typedef {{ payload: AuthPayload, error: undefined } | { error: AuthError, payload: undefined }} Verdict
 */

/**
 * An engine for one verifier's settings. Its constructor takes these and a {@link Beginning}, and reads no file.
 *
 * @typedef {object} Engine
 * @property {(token: string) => Verdict | Promise<Verdict>} verify
 * @property {(token: string) => Verdict} verifySync nothing is waited for: `jwks_unavailable` where keys would be
 * @property {() => Promise<void>} prefetch fetches the keys unless they are fresh; rejects with `jwks_unavailable`
 */

/**
 * What the module that chooses exports. URLs are key set URLs, as in {@link Settings}.
 *
 * @typedef {object} EngineModule
 * @property {(settings: Settings & Beginning) => Engine} createEngine throws an AuthError of status 500 where the engine that the settings
 *   insist on cannot load
 * @property {() => 'native' | 'portable'} getEngine that of settings that insist on none
 * @property {(url: string) => boolean} forgetKeys says whether there were any; a flight under way answers those who wait for
 *   it and no one after them
 * @property {() => void} forgetAllKeys
 * @property {(url: string) => { keys: object[], ageMs: number } | undefined} keysOf those of a URL, however old, as fresh objects
 * @property {() => JwksStatus[]} keysStatus the most recently used first
 */

/** The longest token that is parsed, in bytes. Its UTF-16 units are never more than its bytes, and are counted without a copy. */
const MAX_TOKEN_BYTES = 64 * 1024

module.exports = { MAX_TOKEN_BYTES }
