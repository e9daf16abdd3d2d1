import { AuthError, verifyAuth } from 'logto-authkit/server'
import type { NextApiRequest, NextApiResponse } from 'next'
import { options } from '../../lib/auth'

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  try {
    const { userId } = await verifyAuth(req, options)
    res.json({ userId })
  } catch (error) {
    // A mistake in the set-up is for Next.js, which logs it and answers 500.
    if (!(error instanceof AuthError) || error.status === 500) throw error
    for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value)
    res.status(error.status).json({ error: error.message, code: error.code })
  }
}
