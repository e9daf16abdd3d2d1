import process from 'node:process'
import { Hono } from 'hono'
import { logtoAuth } from 'logto-authkit/hono'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env

const app = new Hono()
app.get('/', logtoAuth({ logtoUrl, audience }), (c) => {
  return c.json({ userId: c.get('auth').userId })
})

const port = Number(process.env.PORT ?? 3000)
const server = globalThis.Bun
  ? Bun.serve({ port, fetch: app.fetch })
  : Deno.serve({ port, onListen: () => {} }, app.fetch).addr
console.log(`Listening on port ${server.port}`)
