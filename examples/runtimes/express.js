import process from 'node:process'
import express from 'express'
import { createExpressAuthMiddleware, requireAuth } from 'logto-authkit/server'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env

const app = express()
const guard = createExpressAuthMiddleware({ logtoUrl, audience })
app.get('/', guard, (req, res) => res.json({ userId: requireAuth(req).userId }))

const port = process.env.PORT ?? 3000
app.listen(port, () => console.log(`Listening on port ${port}`))
