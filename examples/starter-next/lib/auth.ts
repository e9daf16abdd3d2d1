import { appUrl } from './settings'

/** The options of every guard. instrumentation.ts checks them when the server starts: `next build` has no settings yet. */
export const options = {
  logtoUrl: process.env.LOGTO_URL ?? '',
  audience: process.env.AUDIENCE ?? '',
}

/** The scopes of the API resource that the app asks for. Logto gives those of them that the person holds. */
export const SCOPES = ['admin:write']

/** The cookie in which logto-authkit looks for the access token. */
export const TOKEN_COOKIE = 'logto_authtoken'

/**
 * The attributes of a cookie that no script can read. SameSite=Lax: with Strict, browsers leave the cookie out of the redirect
 * that ends a sign-in, which began at Logto.
 */
export function privateCookie(maxAge: number | undefined, path = '/') {
  const lifetime = maxAge === undefined ? {} : { maxAge }
  return { ...lifetime, path, httpOnly: true, sameSite: 'lax', secure: appUrl().protocol === 'https:' } as const
}
