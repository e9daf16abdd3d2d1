import { verifyNextAuth } from 'logto-authkit/server'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { options } from './auth'
import { signInUrl } from './return-to'

/**
 * Who asks, in a server component or a server action; undefined where nobody is signed in. However many components of a render
 * ask, the token is verified once.
 *
 * @throws in an outage, where nobody can say who asks. Visitors see the proxy's 503 before that, or else app/error.tsx
 */
export const currentUser = cache(async () => {
  const result = await verifyNextAuth({ cookies: await cookies(), headers: await headers() }, options)
  if (result.success) return result.auth
  if (result.status === 503) throw new Error(result.error)
  return undefined
})

/** As `currentUser`, but whoever is not signed in goes to the sign-in, and from there to a path of this app. */
export async function requireUser(returnTo: string) {
  return (await currentUser()) ?? redirect(signInUrl(returnTo).href)
}
