import { verifyNextAuth } from 'logto-authkit/server'
import { cookies, headers } from 'next/headers'
import { options } from './auth'

/** Who asks, in a server component or a server action. */
export async function authenticate() {
  return verifyNextAuth({ cookies: await cookies(), headers: await headers() }, options)
}
