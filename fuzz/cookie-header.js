'use strict'

// Fuzzes `cookieOf` with random and mutated Cookie headers: node fuzz/cookie-header.js [seconds] [seed]

const { cookieOf } = require('../js/request.js')

const seconds = Number(process.argv[2] ?? 60)
const seed = Number(process.argv[3] ?? Date.now()) >>> 0

/** The longest header that is tried, in characters, and the most headers that are kept for mutation. */
const MAX_LENGTH = 256
const MAX_POOL = 512

const NAMES = ['a', 'A', 'logto_authtoken', '__proto__', 'constructor', '0', 'a.b', '$Path', 'é', ' a', 'a ', 'a b', '']
const SEEDS = [
  '',
  'logto_authtoken=a.b.c',
  'a=1; logto_authtoken=a.b.c; a=2',
  'logto_authtoken=; logto_authtoken=late',
  'a="x;y"; A=%C3%A9; 0=%E0%A4%A',
  '__proto__=x; constructor=y; $Path=/',
  'no value; =no name; a==b=; ;;\ta\t=\tb\t',
  'a\u00a0=\ufeffb\u2028; é=\ud800',
]
const FRAGMENTS = [
  ...[';', '; ', '=', ' ', '\t', '"', '\\', ',', '%', '%00', '%3B', '%3D', '%C3%A9', '%ff', '\0', '\n', '\r\n'],
  ...['\v', '\u00a0', '\ufeff', '\u2028', '\ud800', '\u{1f600}', 'a', 'b.c', '='.repeat(9), ';'.repeat(9)],
  ...NAMES,
]

/** A generator of whole numbers below a limit, repeatable by its seed: a linear congruence modulo 2^32. */
function numbersFrom(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const below = numbersFrom(seed)
const pick = (list) => list[below(list.length)]

function piece() {
  if (below(4) > 0) return pick(FRAGMENTS)
  return String.fromCharCode(below(below(4) > 0 ? 0x80 : 0x10000))
}

function mutate(header, pool) {
  const [from, to] = [below(header.length + 1), below(header.length + 1)].sort((a, b) => a - b)
  const [before, between, after] = [header.slice(0, from), header.slice(from, to), header.slice(to)]
  switch (below(6)) {
    case 0:
      return before + after
    case 1:
      return before + between + between + after
    case 2:
      return before + pick(pool).slice(below(20)) + after
    case 3:
      return `${header}; ${pick(NAMES)}=${piece()}`
    default:
      return before + piece() + between + after
  }
}

/** The expected answer of `cookieOf`: the first cookie of this name, its value percent-decoded if it can be, without quotes
 * around it. */
function naively(header, name) {
  for (const pair of header.split(';')) {
    const [key, ...rest] = pair.split('=')
    if (rest.length > 0 && trim(key) === name) {
      const value = decode(trim(rest.join('=')))
      const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
      return (isQuoted ? value.slice(1, -1) : value) || undefined
    }
  }
}

const trim = (text) => text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')

function decode(value) {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** The fault in the answer of `cookieOf` for this name; undefined if the answer is right. */
function wrong(header, name) {
  let found
  try {
    found = cookieOf({ headers: { cookie: header } }, name)
  } catch (error) {
    return `threw ${error}`
  }
  if (found !== undefined && (typeof found !== 'string' || found === '')) return `gave ${JSON.stringify(found)}`
  const expected = naively(header, name)
  if (found !== expected) return `gave ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`
}

/** The header without the characters that the fault does not need. */
function shortest(header, name) {
  for (let at = 0; at < header.length; ) {
    const shorter = header.slice(0, at) + header.slice(at + 1)
    if (wrong(shorter, name)) header = shorter
    else at += 1
  }
  return header
}

function namesOf(header) {
  return header.split(';', 4).map((pair) => trim(pair.split('=', 1)[0]))
}

const pool = [...SEEDS]
const end = performance.now() + seconds * 1000
let headers = 0
let found = 0
while (performance.now() < end) {
  let header = pick(pool)
  for (let times = below(4); times >= 0; times -= 1) header = mutate(header, pool)
  header = header.slice(0, MAX_LENGTH)
  for (const name of [pick(NAMES), pick(NAMES), ...namesOf(header)]) {
    if (wrong(header, name)) {
      const least = shortest(header, name)
      console.error(`cookieOf(${JSON.stringify(least)}, ${JSON.stringify(name)}) ${wrong(least, name)}; seed ${seed}`)
      process.exit(1)
    }
    if (naively(header, name) !== undefined) found += 1
  }
  // The seeds stay in the pool: mutations alone would drift towards headers without a cookie.
  if (pool.length < MAX_POOL) pool.push(header)
  else pool[SEEDS.length + below(MAX_POOL - SEEDS.length)] = header
  headers += 1
}
console.log(`cookie-header: ${headers} headers, ${found} cookies found, in ${seconds} s; seed ${seed}`)
