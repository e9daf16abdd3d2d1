'use strict'

// The numbers that documents repeat: where each stands in the code, and where it is told. __test__/numbers.test.js holds
// the places of a row to one another.

const KIB = 1024
const SECOND = 1_000
const MINUTE = 60 * SECOND
const MICROSECOND = 1 / 1_000

/**
 * Where a number stands: the file, the text around it, and the unit it is in there. Numbers are compared in bytes, in
 * milliseconds, or as they are; a unit that is itself a place is the number there.
 *
 * In the text `#` is the number (or several, with commas between them) and `…` is anything within the line. A space is any
 * white space, so that lines may be broken anew.
 *
 * @typedef {[file: string, text: string, unit?: number | Place]} Place
 */

/** @type {Place} */
const TTL = ['js/options.js', 'jwksCacheTtlMs: #,']

/**
 * By what each number bounds. `code` has every place in the code that holds it, in both engines; `docs` those that repeat
 * it.
 *
 * @type {Record<string, { code: Place[], docs?: Place[] }>}
 */
const NUMBERS = {
  'the longest token': {
    code: [
      ['src/token.rs', 'MAX_TOKEN_BYTES…= #;'],
      ['src/error.rs', '"longer than # KiB"', KIB],
      ['js/engines/contract.js', 'MAX_TOKEN_BYTES = #'],
      ['js/engines/portable/token.js', "'longer than # KiB'", KIB],
    ],
    docs: [
      ['docs/keys.md', '| a token | # KiB |', KIB],
      ['docs/errors/token_malformed.md', 'longer than # KiB', KIB],
      ['SECURITY.md', 'a token of at most # KiB', KIB],
    ],
  },
  'the shortest text that is called an opaque token': {
    code: [
      ['src/token.rs', 'MIN_OPAQUE_BYTES…= #;'],
      ['js/engines/portable/token.js', 'OPAQUE = …{#,}'],
      ['js/doctor/token.js', 'OPAQUE = …{#,}'],
    ],
  },
  'the least bits of an RSA key': {
    code: [
      ['src/signature.rs', '(#..=…).contains(&bits)'],
      ['js/engines/portable/signature.js', 'bits < #'],
      ['js/engines/portable/jwks/jwk.js', 'RSA key of less than # bits'],
    ],
  },
  'the most bits of an RSA key': {
    code: [
      ['src/signature.rs', '..=#).contains(&bits)'],
      ['js/engines/portable/signature.js', 'bits > #'],
    ],
  },
  'the characters of a token that details repeat': {
    code: [
      ['src/error.rs', 'MAX_QUOTED_CHARS…= #;'],
      ['js/quote.js', 'MAX_QUOTED_CHARS = #'],
    ],
    docs: [['docs/observability.md', 'up to # characters']],
  },
  'the audiences of a token that details repeat': {
    code: [
      ['src/error.rs', '.take(#).map(|one| quote(one))'],
      ['js/engines/claims.js', 'MAX_QUOTED_AUDIENCES = #'],
    ],
  },

  'the time that keys are fresh': {
    code: [TTL],
    docs: [
      ['README.md', 'cached for # minutes', MINUTE],
      ['docs/keys.md', 'fresh for # minutes', MINUTE],
      ['docs/keys.md', '| # min fresh', MINUTE],
      ['docs/options.md', '`jwksCacheTtlMs` | # |'],
      ['index.d.ts', 'keys are fresh, in milliseconds. Default #.'],
    ],
  },
  'the earliest time at which they are refreshed': {
    code: [
      ['src/jwks/state.rs', 'const REFRESH_AFTER…= #..', TTL],
      ['js/engines/portable/jwks/state.js', 'const REFRESH_AFTER = [#, 0.9]', TTL],
    ],
    docs: [['docs/keys.md', 'between # and', MINUTE]],
  },
  'the latest time at which they are refreshed': {
    code: [
      ['src/jwks/state.rs', 'const REFRESH_AFTER…= 0.6..#;', TTL],
      ['src/jwks/state.rs', 'FIRST_REFRESH_AFTER…= 0.1..#;', TTL],
      ['js/engines/portable/jwks/state.js', 'const REFRESH_AFTER = [0.6, #]', TTL],
      ['js/engines/portable/jwks/state.js', 'FIRST_REFRESH_AFTER = [0.1, #]', TTL],
    ],
    docs: [['docs/keys.md', 'and # minutes of their age', MINUTE]],
  },
  'the earliest time at which the first keys are refreshed': {
    code: [
      ['src/jwks/state.rs', 'FIRST_REFRESH_AFTER…= #..', TTL],
      ['js/engines/portable/jwks/state.js', 'FIRST_REFRESH_AFTER = [#, 0.9]', TTL],
    ],
    docs: [['docs/keys.md', 'from # minutes on', MINUTE]],
  },
  'the delay past a limit that shows a frozen process': {
    code: [
      ['src/jwks/state.rs', 'OVERSLEPT…from_secs(#);', SECOND],
      ['js/engines/portable/jwks/state.js', 'OVERSLEPT_MS = #'],
    ],
  },
  'the longest pause that Retry-After can ask for': {
    code: [
      ['src/jwks/state.rs', 'MOST_RETRY_AFTER…from_secs(#);', SECOND],
      ['js/engines/portable/jwks/state.js', 'MOST_RETRY_AFTER_MS = #'],
    ],
    docs: [['docs/keys.md', 'up to # s', SECOND]],
  },
  'the time that they serve past their TTL': {
    code: [['js/options.js', 'jwksMaxStaleMs: # }']],
    docs: [
      ['docs/keys.md', 'the old keys serve for # more minutes', MINUTE],
      ['docs/keys.md', '+ # min stale', MINUTE],
      ['docs/options.md', '`jwksMaxStaleMs` | # |'],
      ['index.d.ts', 'while the endpoint is failing, in milliseconds. Default #;'],
    ],
  },
  'the longest fetch': {
    code: [
      ['src/jwks/state.rs', 'FLIGHT_LIMIT…from_secs(#);', SECOND],
      ['js/engines/portable/jwks/state.js', 'FLIGHT_LIMIT_MS = #'],
    ],
    docs: [
      ['docs/keys.md', '| # s in all', SECOND],
      ['docs/options.md', 'a fetch that callers share may take # s', SECOND],
      ['SECURITY.md', 'one connection, # seconds', SECOND],
    ],
  },
  'the longest that a caller waits for keys': {
    code: [['js/options.js', 'jwksTimeoutMs, #,']],
    docs: [
      ['docs/options.md', '`jwksTimeoutMs` | # |'],
      ['index.d.ts', 'waits for keys, in milliseconds. Default #.'],
    ],
  },
  'the longest time to connect': {
    code: [['src/jwks/fetch.rs', 'CONNECT_TIMEOUT…= Duration::from_secs(#);', SECOND]],
    docs: [['docs/keys.md', '# s to connect', SECOND]],
  },
  'the largest key set': {
    code: [
      ['src/jwks/fetch.rs', 'MAX_BODY_BYTES…= #;'],
      ['js/engines/portable/jwks/fetch.js', 'MAX_BODY_BYTES = #'],
      ['js/doctor/probe.js', 'MAX_BODY_BYTES = #'],
      ['js/doctor/probe.js', "'more than # KiB'", KIB],
      ['js/doctor/tenant-findings.js', 'larger than # KiB', KIB],
    ],
    docs: [
      ['docs/keys.md', 'to connect, # KiB', KIB],
      ['SECURITY.md', 'seconds, # KiB', KIB],
    ],
  },
  'the most keys of a set': {
    code: [
      ['src/jwks/key_set.rs', 'MAX_KEYS…= #;'],
      ['js/engines/portable/jwks/key-set.js', 'MAX_KEYS = #'],
      ['js/doctor/tenant-findings.js', 'more than # keys'],
    ],
    docs: [
      ['docs/keys.md', 'KiB, # keys'],
      ['SECURITY.md', 'KiB, # keys'],
    ],
  },
  'the time between two fetches for unknown keys': {
    code: [
      ['src/jwks/state.rs', 'UNKNOWN_KID_COOLDOWN…= Duration::from_secs(#);', SECOND],
      ['js/engines/portable/jwks/state.js', 'UNKNOWN_KID_COOLDOWN_MS = #'],
    ],
    docs: [
      ['docs/keys.md', 'at most one fetch in # seconds', SECOND],
      ['docs/keys.md', 'one in # s per tenant', SECOND],
      ['docs/errors/key_not_found.md', 'in the last # seconds', SECOND],
      ['docs/errors/key_not_found.md', 'one fetch in # seconds at most', SECOND],
      ['SECURITY.md', 'one fetch in # seconds for unknown keys', SECOND],
    ],
  },
  'the pauses after failed fetches': {
    code: [
      ['src/jwks/state.rs', 'BACKOFF_SECONDS…= [#];', SECOND],
      ['js/engines/portable/jwks/state.js', 'BACKOFF_MS = [#]'],
    ],
    docs: [
      ['docs/keys.md', 'Failed fetches are repeated after # seconds', SECOND],
      ['docs/keys.md', '| after failed fetches | # s until the next', SECOND],
    ],
  },
  'the part of such a pause that is sure': {
    code: [
      ['src/jwks/state.rs', 'from_secs(seconds).mul_f64(# + '],
      ['js/engines/portable/jwks/state.js', '(# + …Math.random())'],
    ],
  },
  'the JWKS URLs that are remembered': {
    code: [
      ['src/jwks/cache.rs', 'MAX_URLS…= #;'],
      ['js/engines/portable/jwks/cache.js', 'MAX_URLS = #'],
    ],
    docs: [['docs/keys.md', '| tenants remembered | #,']],
  },

  'the tokens that are remembered': {
    code: [['js/options.js', 'readTokenCacheSize(value = #)']],
    docs: [
      ['docs/keys.md', '| tokens remembered per tenant | # of'],
      ['docs/options.md', '`tokenCacheSize` | # |'],
      ['index.d.ts', 'come again. Default #, of at most'],
    ],
  },
  'the longest token that is remembered': {
    code: [['src/token_cache.rs', 'MAX_REMEMBERED_BYTES…= #;']],
    docs: [['docs/keys.md', 'of at most # KiB', KIB]],
  },
  'the most memory of the remembered tokens': {
    code: [['js/engines/remembered-tokens.js', 'MAX_BYTES = #\n']],
    docs: [['docs/keys.md', 'in at most # MiB', KIB * KIB]],
  },
  'the time of one turn of the event loop for signatures': {
    code: [['src/scheduling/mod.rs', 'TURN_SHARE…= Duration::from_micros(#);', MICROSECOND]],
    docs: [
      ['docs/keys.md', '| signatures on the event loop | # ms in one turn'],
      ['SECURITY.md', 'at most # ms of signatures in one turn'],
    ],
  },

  'the seconds by which clocks may differ': {
    code: [['js/options.js', 'readClockTolerance(value = #)']],
    docs: [
      ['docs/options.md', '`clockTolerance` | # |'],
      ['index.d.ts', 'that is tolerated, in seconds, at most … Default #.'],
    ],
  },
  'the most seconds by which clocks may differ': {
    code: [['js/options.js', 'MAX_CLOCK_TOLERANCE = #']],
    docs: [
      ['docs/options.md', 'Seconds by which clocks may differ, at most #.'],
      ['index.d.ts', 'that is tolerated, in seconds, at most #.'],
    ],
  },
  'the least characters of a guest id': {
    code: [['js/guest.js', 'PLAUSIBLE_ID = …{#,']],
    docs: [
      ['docs/guests.md', 'one of # to … letters, digits'],
      ['SECURITY.md', '# to … characters of `A-Z a-z 0-9 _ -`'],
    ],
  },
  'the most characters of a guest id': {
    code: [['js/guest.js', 'PLAUSIBLE_ID = …,#}$/']],
    docs: [
      ['docs/guests.md', 'to # letters, digits'],
      ['SECURITY.md', '… to # characters of `A-Z a-z 0-9 _ -`'],
    ],
  },
  'the days that the cookies of tokens and guests last': {
    code: [['js/set-cookie.js', 'ONE_WEEK = # * ONE_DAY']],
    docs: [
      ['docs/guests.md', 'in that cookie for # days'],
      ['index.d.ts', 'SameSite=Strict and for # days'],
      ['index.d.ts', 'SameSite=Lax and for # days'],
    ],
  },
  'the least characters of a CSRF secret': {
    code: [['js/csrf-options.js', 'MIN_SECRET_CHARS = #']],
    docs: [
      ['docs/csrf.md', 'At least # characters'],
      ['docs/csrf.md', 'at least # random characters'],
      ['index.d.ts', 'at least # random characters'],
    ],
  },

  'the oldest Node.js': {
    code: [['package.json', '"node": ">=#"']],
    docs: [
      ['README.md', 'Node.js # or later'],
      ['CONTRIBUTING.md', 'Node.js # or later'],
      ['CHANGELOG.md', 'Node.js # or later'],
    ],
  },
  'the oldest Rust': {
    code: [['Cargo.toml', 'rust-version = "#"']],
    docs: [
      ['README.md', 'Rust # or later'],
      ['CONTRIBUTING.md', 'Rust # or later'],
    ],
  },
  'the oldest glibc': {
    code: [['scripts/release.sh', 'GLIBC=#']],
    docs: [
      ['README.md', 'glibc # or later'],
      ['RELEASING.md', 'for glibc #'],
      ['CHANGELOG.md', 'glibc # or later'],
    ],
  },
  'the size that an addon has to stay below': {
    code: [['tools/pack.js', 'ADDON_BYTES = #']],
    docs: [['RELEASING.md', 'an addon of # MB or more', 1_000_000]],
  },
}

module.exports = { NUMBERS }
