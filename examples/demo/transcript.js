'use strict'

const { inspect } = require('node:util')

const WIDTH = 98
const MARGIN = ' '.repeat(5)
const CONTINUATION = ' '.repeat(7)
const TOKEN = /[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}/g

/** What is shown of a response besides its status and body, and checked: `null` where it must be absent. */
const HEADERS = ['www-authenticate', 'retry-after', 'set-cookie']

/** Prints what happens, step by step, and counts what was not as expected. */
class Transcript {
  steps = 0
  failures = 0

  title(text) {
    this.steps += 1
    console.log(`\n${String(this.steps).padStart(3)}  ${text}`)
  }

  note(text) {
    print(MARGIN, text)
  }

  /**
   * Sends a GET and checks the response.
   *
   * @param expected `status`, `body`, and of `HEADERS` those it must have; a RegExp stands for the texts that it matches
   * @returns the response's `status`, `headers` and `body`
   */
  async get(url, headers, expected) {
    print(MARGIN, `GET ${new URL(url).pathname}`)
    for (const [name, value] of Object.entries(headers)) print(MARGIN, `${name}: ${value}`)
    const found = await read(await fetch(url, { headers }))
    print('  <- ', `${found.status} ${JSON.stringify(found.body)}`)
    for (const [name, value] of Object.entries(found.headers)) if (value !== null) print(MARGIN, `${name}: ${value}`)

    this.check('status', expected.status, found.status)
    this.check('body', expected.body, found.body)
    for (const name of HEADERS) this.check(name, expected.headers?.[name] ?? null, found.headers[name])
    return found
  }

  check(what, expected, found) {
    if (fits(expected, found)) return
    this.failures += 1
    print('  !! ', `${what}: expected ${onOneLine(expected)}`)
    print('  !! ', `${what}: found    ${onOneLine(found)}`)
  }
}

async function read(response) {
  const headers = Object.fromEntries(HEADERS.map((name) => [name, response.headers.get(name)]))
  return { status: response.status, headers, body: await response.json() }
}

function fits(expected, found) {
  if (expected instanceof RegExp) return typeof found === 'string' && expected.test(found)
  if (typeof expected !== 'object' || expected === null) return expected === found
  if (typeof found !== 'object' || found === null) return false
  const names = new Set([...Object.keys(expected), ...Object.keys(found)])
  return [...names].every((name) => fits(expected[name], found[name]))
}

function onOneLine(value) {
  return inspect(value, { breakLength: Infinity })
}

/** Prints a text with its tokens abbreviated, in lines that fit a terminal. */
function print(margin, text) {
  const short = text.replace(TOKEN, (token) => `${token.slice(0, 12)}...${token.slice(-6)}`)
  let line = margin
  // A line may end after a space, or after a comma of JSON.
  for (const word of short.split(/(?<= |,(?=\S))/)) {
    if (line.length + word.trimEnd().length > WIDTH && line !== margin) {
      console.log(line.trimEnd())
      line = CONTINUATION
    }
    line += word
  }
  console.log(line)
}

module.exports = { Transcript }
