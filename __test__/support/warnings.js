'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

/** Gathers the warnings of this process until the test ends. */
function warningsOf(t) {
  const heard = []
  const listener = (warning) => heard.push(warning)
  process.on('warning', listener)
  t.after(() => process.off('warning', listener))
  return {
    /** The warnings of a code: waits for the first, and then for a second that ought not to come. */
    async of(code) {
      const found = () => heard.filter((warning) => warning.code === code)
      for (let tries = 0; found().length === 0 && tries < 100; tries += 1) await sleep(10)
      await sleep(50)
      return found()
    },
  }
}

module.exports = { warningsOf }
