import { AuthError, createVerifier } from 'logto-authkit'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

const server = Bun.serve({
  port: process.env.PORT ?? 3000,
  async fetch(request) {
    try {
      const { userId } = await verifier.verify(request)
      return Response.json({ userId })
    } catch (error) {
      // A mistake in the set-up is for the log: the client gets 500.
      if (!(error instanceof AuthError) || error.status === 500) throw error
      const { status, headers, message, code } = error
      return Response.json({ error: message, code }, { status, headers })
    }
  },
})
console.log(`Listening on port ${server.port}`)
