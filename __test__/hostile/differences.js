'use strict'

// Tokens that this package refuses although jose accepts them, and why. Every other difference is a bug in one of them.

const { decodeParts, encode } = require('./forge')

const MAX_TOKEN_BYTES = 64 * 1024
const MAX_DEPTH = 127

/** The modulus of the RSA keys of `createKey`. */
const RSA_BYTES = 256

/** The contents of a token, for the predicates; `texts` and `values` are those of the header and the payload. */
function read(token) {
  const parts = token.split('.')
  const texts = decodeParts(token)
    .slice(0, 2)
    .map((bytes) => bytes.toString())
  const values = texts.map((text) => JSON.parse(text.replace(/^\ufeff/, '')))
  return { token, parts, texts, values, header: values[0], payload: values[1] }
}

/** The known differences. `code` is our code; `claim` is the claim that its details name, if they do. `isRare`: a run may have none. */
const DIFFERENCES = [
  {
    name: 'too long',
    reason: 'a bound on the work before anything is verified',
    code: 'token_malformed',
    applies: ({ token }) => Buffer.byteLength(token) > MAX_TOKEN_BYTES,
  },
  {
    name: 'base64url that is not canonical',
    reason: 'RFC 7515 section 2 knows no padding and no white space, and no two texts should be one token',
    code: 'token_malformed',
    applies: ({ parts }) => parts.some((part) => encode(Buffer.from(part, 'base64url')) !== part),
  },
  {
    name: 'a member twice',
    reason: 'RFC 7515 section 4 and RFC 8725 section 2.4: parsers differ in which one they take',
    code: 'token_malformed',
    applies: ({ texts, values }) => texts.some((text, index) => namesIn(text) > namesOf(values[index])),
  },
  {
    name: 'a number beyond all doubles',
    reason: 'an exp of 1e400 never comes; RFC 8259 section 6 lets implementations set the range',
    code: 'token_malformed',
    applies: ({ values }) => some(values, (value) => typeof value === 'number' && !Number.isFinite(value)),
  },
  {
    name: 'a lone surrogate',
    reason: 'no Unicode text: RFC 8259 section 8.2 calls what becomes of it unpredictable',
    code: 'token_malformed',
    applies: ({ values }) => some(values, (value) => typeof value === 'string' && !value.isWellFormed()),
  },
  {
    name: 'nested too deep',
    reason: 'a bound on the parser',
    code: 'token_malformed',
    applies: ({ values }) => values.some((value) => depth(value) > MAX_DEPTH),
  },
  {
    name: 'a byte order mark',
    reason: 'RFC 8259 section 8.1 forbids adding one and lets parsers refuse it',
    code: 'token_malformed',
    applies: ({ texts }) => texts.some((text) => text.startsWith('\ufeff')),
  },
  {
    name: 'b64',
    reason: 'RFC 7797 is not implemented, not even where crit has b64: true, which changes nothing',
    code: 'token_malformed',
    applies: ({ header }) => Object.hasOwn(header, 'b64'),
  },
  {
    name: 'typ that is no string',
    reason: 'RFC 7515 section 4.1.9: a media type',
    code: 'token_malformed',
    applies: ({ header }) => Object.hasOwn(header, 'typ') && typeof header.typ !== 'string',
  },
  {
    name: 'a PSS signature without its leading zeros',
    reason: 'RFC 8017 section 8.1.2, step 1: as long as the modulus',
    code: 'signature_invalid',
    isRare: true,
    applies: ({ header, parts }) => /^PS/.test(header.alg) && Buffer.byteLength(parts[2], 'base64url') < RSA_BYTES,
  },
  {
    name: 'typ of another kind of token',
    reason: 'RFC 8725 section 3.11: an ID token is no access token',
    code: 'claim_invalid',
    claim: 'typ',
    applies: ({ header }) => !/^(?:application\/)?(?:at\+jwt|jwt)$/i.test(header.typ),
  },
  {
    name: 'sub that is no non-empty string',
    reason: 'it becomes the userId',
    code: 'claim_invalid',
    claim: 'sub',
    applies: ({ payload }) => typeof payload.sub !== 'string' || payload.sub === '',
  },
  {
    name: 'aud with members that are no strings',
    reason: 'RFC 7519 section 4.1.3: strings; types are checked before values',
    code: 'claim_invalid',
    claim: 'aud',
    applies: ({ payload }) => Array.isArray(payload.aud) && payload.aud.some((one) => typeof one !== 'string'),
  },
  {
    name: 'scope that is no string',
    reason: 'RFC 8693 section 4.2: a string; types are checked before values',
    code: 'claim_invalid',
    claim: 'scope',
    applies: ({ payload }) => Object.hasOwn(payload, 'scope') && typeof payload.scope !== 'string',
  },
  {
    name: 'jti that is no string',
    reason: 'RFC 7519 section 4.1.7: a string; types are checked before values',
    code: 'claim_invalid',
    claim: 'jti',
    applies: ({ payload }) => Object.hasOwn(payload, 'jti') && typeof payload.jti !== 'string',
  },
  {
    name: 'client_id that is no string',
    reason: 'RFC 8693 section 4.3: a string; types are checked before values',
    code: 'claim_invalid',
    claim: 'client_id',
    applies: ({ payload }) => Object.hasOwn(payload, 'client_id') && typeof payload.client_id !== 'string',
  },
]

/** The difference that explains why this token is refused with this error. */
function classify(token, error) {
  const seen = read(token)
  return DIFFERENCES.find(
    ({ code, claim, applies }) => error.code === code && error.details.claim === claim && applies(seen),
  )
}

/** The number of member names in a JSON text. */
function namesIn(text) {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length
}

/** The number of members of a value, at all depths. */
function namesOf(value) {
  const list = isContainer(value) ? Object.values(value) : []
  return (Array.isArray(value) ? 0 : list.length) + list.reduce((sum, one) => sum + namesOf(one), 0)
}

/** Whether the test holds for the value, or for a name or value within it, at any depth. */
function some(value, test) {
  if (!isContainer(value)) return test(value)
  return Object.entries(value).some(([name, one]) => test(name) || some(one, test))
}

function depth(value) {
  return isContainer(value) ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
}

function isContainer(value) {
  return typeof value === 'object' && value !== null
}

module.exports = { DIFFERENCES, classify, read }
