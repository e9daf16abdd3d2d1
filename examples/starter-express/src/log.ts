import * as diagnosticsChannel from 'node:diagnostics_channel'
import type { AuthDiagnostics } from 'logto-authkit'
import { pino } from 'pino'

// An access token opens the API to whoever reads the log.
const redact = ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]']

export const log = pino({ redact, level: process.env.LOG_LEVEL ?? 'info' })

const { subscribe }: AuthDiagnostics = diagnosticsChannel

/** Logs why requests are refused. A client is told the code alone: the details say what the server expects. */
export function logRefusals() {
  subscribe('logto-authkit:refused', ({ code, details }) => log.info({ code, details }, 'request refused'))
  subscribe('logto-authkit:keys-stale', ({ jwksUri, failure }) => log.warn({ jwksUri, failure }, 'keys unavailable'))
}
