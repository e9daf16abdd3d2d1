import { withNextAuth } from 'logto-authkit/server'
import { options } from '../../../lib/auth'

/** 401 without a good token, 403 without the scope, 503 in an outage: each with the headers that clients understand. */
export const GET = withNextAuth((_request, auth) => Response.json({ admin: auth.userId }), {
  ...options,
  requiredScope: 'admin:write',
})
