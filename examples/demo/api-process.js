'use strict'

// One more process of the API, as a fleet has several: `node api-process.js OPTIONS-JSON LOG-FILE`. It tells its parent its
// address, and ends with it.

const { createRevocationList } = require('logto-authkit')
const { createApi } = require('./api')
const { fileLog } = require('./file-log')
const { listen } = require('./listen')

async function main([options, logFile]) {
  const revocations = createRevocationList({ log: fileLog(logFile) })
  const { url } = await listen(createApi({ ...JSON.parse(options), revocations }))
  process.on('disconnect', () => process.exit())
  process.send(url)
}

main(process.argv.slice(2))
