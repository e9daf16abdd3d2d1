import { createVerifier } from 'logto-authkit'
import { createApp } from './app.js'
import { readConfig } from './config.js'
import { log, logRefusals } from './log.js'

/** How long open requests may take once the process is told to end, in milliseconds. */
const SHUTDOWN_LIMIT_MS = 10_000

const config = readConfig(process.env)
logRefusals()
const server = createApp(config).listen(config.port, () => log.info({ address: server.address() }, 'listening'))

// The keys are fetched before the first request needs them. A tenant that is down is no reason not to start: /readyz says so.
const { logtoUrl, audience } = config
createVerifier({ logtoUrl, audience })
  .prefetch()
  .catch((error) => log.warn(error, 'keys unavailable'))

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, shutDown)

/** Takes no new connections, and ends once the open requests are answered. */
function shutDown(signal: NodeJS.Signals) {
  log.info({ signal }, 'shutting down')
  server.close(() => process.exit(0))
  server.closeIdleConnections()
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
}
