import express, { type ErrorRequestHandler } from 'express'
import {
  createExpressAuthMiddleware,
  createExpressWebhookHandler,
  createRevocationList,
  isReady,
  principalOf,
  requireAuth,
} from 'logto-authkit'
import { pinoHttp } from 'pino-http'
import type { Config } from './config.js'
import { log } from './log.js'

/** The app, which listens nowhere yet. Wrong options throw here. */
export function createApp({ logtoUrl, audience, webhookSigningKey }: Omit<Config, 'port'>) {
  // The list of one process. Several share a log: docs/revocation.md, "A fleet".
  const revocations = createRevocationList()
  const options = { logtoUrl, audience, revocations }
  const guard = createExpressAuthMiddleware

  const app = express()
  app.disable('x-powered-by')
  // One proxy ends TLS in front of this app. Without one, take this line out: clients could name their own address.
  app.set('trust proxy', 1)
  app.use(pinoHttp({ logger: log }))

  app.get('/livez', (_req, res) => res.sendStatus(200))
  app.get('/readyz', (_req, res) => res.sendStatus(isReady(options) ? 200 : 503))

  // Before express.json(): the signature is of the body as it came.
  app.post('/logto/webhook', createExpressWebhookHandler({ signingKey: webhookSigningKey, revocations }))
  app.use(express.json({ limit: '100kb' }))

  app.get('/me', guard(options), (req, res) => {
    const { userId, clientId, scopes } = principalOf(requireAuth(req))
    res.json({ userId, clientId, scopes })
  })

  // A scope alone does not say in which organization it was granted.
  const mayWriteInvoices = guard({
    ...options,
    requiredScope: 'invoices:write',
    organization: (req) => req.params.organizationId,
  })
  app.post('/organizations/:organizationId/invoices', mayWriteInvoices, (req, res) => {
    const { userId, organizationId } = principalOf(requireAuth(req))
    res.status(201).json({ organizationId, createdBy: userId })
  })

  app.use(answerError)
  return app
}

/** Errors have a status and headers of their own, as an AuthError does; what has none is a bug, and says nothing to a client. */
const answerError: ErrorRequestHandler = (error, req, res, next) => {
  if (res.headersSent) return next(error)
  const status = typeof error.status === 'number' ? error.status : 500
  if (status >= 500) req.log.error(error)
  res.status(status).set(error.headers ?? {})
  res.json({ error: status >= 500 ? 'Internal error' : error.message, code: error.code })
}
