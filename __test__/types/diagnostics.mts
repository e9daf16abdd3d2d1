// Listeners to the diagnostics channels know their messages, with Node.js's own `subscribe` and without a cast.

import * as diagnosticsChannel from 'node:diagnostics_channel'
import type { AuthDiagnostics, AuthErrorCode, DiagnosticsListeners, JwksStatus } from 'logto-authkit'

const { subscribe, unsubscribe }: AuthDiagnostics = diagnosticsChannel

subscribe('logto-authkit:verified', ({ jwksUri, userId }) => console.log(jwksUri.length, userId.length))
subscribe('logto-authkit:refused', ({ code, status, details }, name) => {
  const known: [AuthErrorCode, 401 | 403 | 500 | 503, 'logto-authkit:refused'] = [code, status, name]
  console.log(known, details.reason)
})
subscribe('logto-authkit:guest', ({ guestId, isFresh, code }) => console.log(guestId.length, isFresh === true, code))
subscribe('logto-authkit:keys-fetched', (status: JwksStatus) => console.log(status.failure?.count))
subscribe('logto-authkit:keys-stale', ({ failure }) => console.log(failure.retryAfterMs))

const count: DiagnosticsListeners['logto-authkit:refused'] = ({ code }) => console.count(code)
subscribe('logto-authkit:refused', count)
unsubscribe('logto-authkit:refused', count)

/** Of several channels. */
const listeners: Partial<DiagnosticsListeners> = {
  'logto-authkit:verified': ({ userId }) => console.log(userId),
  'logto-authkit:guest': ({ guestId }) => console.log(guestId),
}
if (listeners['logto-authkit:guest']) subscribe('logto-authkit:guest', listeners['logto-authkit:guest'])

// @ts-expect-error no such channel
subscribe('logto-authkit:accepted', () => {})
// @ts-expect-error no such part of the message
subscribe('logto-authkit:verified', ({ token }) => console.log(token))
// @ts-expect-error the listener of another channel
subscribe('logto-authkit:verified', count)
// @ts-expect-error keys that could be fetched need have no failure
subscribe('logto-authkit:keys-fetched', ({ failure }) => console.log(failure.count))
