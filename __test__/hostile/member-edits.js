'use strict'

// Changes to the members of a JOSE header or of claims, made in the text, so that they may be malformed.

/** Values that a claim or header member may be given, as JSON text. */
const VALUES = `
  null true false 0 -1 1e3 1e400 -1e400 99999999999 99999999999.5 1e15 123456789012345678901
  "" "\\u0020" "user-1" "9999999999" "none" "ES256" "RS256" "PS256" "at+jwt" "JWT" "id+jwt" "\\ud800" "\\ud83d\\ude00"
  [] [null] ["https://api.example.com"] ["https://api.example.com",5] ["a","https://api.example.com"] ["exp"]
  {} {"a":1,"a":1} {"a":{"b":[]}} ${'['.repeat(130)}${']'.repeat(130)}
`
  .trim()
  .split(/\s+/)

/** Members that some verifiers accept and others refuse. */
const DIVISIVE = [
  ['crit', '["b64"],"b64":true'],
  ['crit', '["b64"],"b64":false'],
  ['b64', 'true'],
  ['typ', 'null'],
  ['typ', '"dpop+jwt"'],
  ['aud', '["https://api.example.com",5]'],
  ['aud', '[null,"https://api.example.com"]'],
  ['sub', '""'],
  ['sub', '0'],
  ['scope', '["read"]'],
  ['scope', 'null'],
  ['exp', '1e400'],
  ['exp', '1e300'],
  ['nbf', '-1e400'],
  ['x', '"\\udc00"'],
  ['x', `${'['.repeat(126)}${']'.repeat(126)}`],
  ['x', `${'['.repeat(127)}${']'.repeat(127)}`],
]
const HEADER_MEMBERS = /^(?:crit|b64|typ)$/

const NAMES = {
  header: ['alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'jwk', 'jku', 'x5c', '__proto__', 'x'],
  payload: ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'scope', 'jti', 'client_id', '__proto__', 'constructor', 'x'],
}

/** The JSON text with a member added, replaced or removed. An added member may be there already. */
function edited(random, text, names) {
  const name = random.pick(names)
  const member = `"${random.chance(8) ? escaped(name) : name}":${random.pick(VALUES)}`
  const rest = members(text).filter(([one]) => one !== name)
  const kept = random.chance(6) ? members(text) : rest
  if (random.chance(6)) return `{${texts(rest)}}`
  return random.chance(2) ? `{${[member, ...texts(kept)]}}` : `{${[...texts(kept), member]}}`
}

function replaced(text, name, value) {
  return `{${[...texts(members(text).filter(([one]) => one !== name)), `"${name}":${value}`]}}`
}

/** The members of an object in JSON text; none if the text is no longer valid JSON. */
function members(text) {
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    return []
  }
}

function texts(entries) {
  return entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
}

function escaped(name) {
  return `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
}

module.exports = { DIVISIVE, HEADER_MEMBERS, NAMES, edited, replaced }
