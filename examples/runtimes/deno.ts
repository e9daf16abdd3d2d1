import { AuthError, createVerifier } from 'logto-authkit'

const verifier = createVerifier({ logtoUrl: Deno.env.get('LOGTO_URL'), audience: Deno.env.get('AUDIENCE') })

const options = {
  port: Number(Deno.env.get('PORT') ?? 3000),
  onListen: ({ port }) => console.log(`Listening on port ${port}`),
}
Deno.serve(options, async (request) => {
  try {
    const { userId } = await verifier.verify(request)
    return Response.json({ userId })
  } catch (error) {
    // A mistake in the set-up is for the log: the client gets 500.
    if (!(error instanceof AuthError) || error.status === 500) throw error
    const { status, headers, message, code } = error
    return Response.json({ error: message, code }, { status, headers })
  }
})
