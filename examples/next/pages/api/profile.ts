import { AuthError, verifyAuth } from 'logto-authkit/server'
import type { NextApiRequest, NextApiResponse } from 'next'
import { options } from '../../lib/auth'

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  try {
    const { userId } = await verifyAuth(req, options)
    res.json({ userId })
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    res.status(error.status).json({ error: error.message })
  }
}
