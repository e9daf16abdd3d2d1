import { appUrl } from './settings'

/** The way to the sign-in, and from there back to a path of this app. */
export function signInUrl(returnTo: string): URL {
  return appUrl(`/auth/sign-in?${new URLSearchParams({ returnTo })}`)
}

/**
 * Where to go after the sign-in: the home page, unless `returnTo` is within this app. It is read as a browser reads it, since
 * `//evil.example` and `/\evil.example` are other sites. The result stays a whole URL: the path of `/.//evil.example` alone would
 * be one of them again.
 */
export function returnUrl(returnTo: string | null): URL {
  const home = appUrl()
  if (returnTo === null || !URL.canParse(returnTo, home)) return home
  const url = new URL(returnTo, home)
  // The origin of a blob: URL is that of the page that made it.
  return url.origin === home.origin && url.protocol === home.protocol ? url : home
}
