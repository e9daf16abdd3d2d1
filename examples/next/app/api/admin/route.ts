import { withNextAuth } from 'logto-authkit/server'
import { options } from '../../../lib/auth'

export const GET = withNextAuth((_request, auth) => Response.json({ message: `Hello, admin ${auth.userId}` }), {
  ...options,
  requiredScope: 'admin:write',
})
