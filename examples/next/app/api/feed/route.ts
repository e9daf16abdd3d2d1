import { withNextAuth } from 'logto-authkit/server'
import { options } from '../../../lib/auth'

export const GET = withNextAuth(
  (_request, { isGuest, guestId, userId }) => Response.json(isGuest ? { isGuest, guestId } : { isGuest, userId }),
  { ...options, allowGuest: true },
)
