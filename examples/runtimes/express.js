import process from 'node:process'
import express from 'express'
import { createExpressAuthMiddleware } from 'logto-authkit/server'

const app = express()
const guard = createExpressAuthMiddleware({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })
app.get('/', guard, (req, res) => res.json({ userId: req.auth.userId }))

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
