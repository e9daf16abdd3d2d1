const NAMES = ['LOGTO_URL', 'AUDIENCE', 'LOGTO_APP_ID', 'LOGTO_APP_SECRET', 'APP_URL'] as const

/** A setting of .env.example. Read at a request, never while a module loads: `next build` loads modules without settings. */
export function setting(name: (typeof NAMES)[number]): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: see .env.example`)
  return value
}

/** Throws for the first setting that is missing. */
export function checkSettings() {
  for (const name of NAMES) setting(name)
}

/** A path of this app as browsers know it. Not from the request: whoever sends a request chooses its Host header. */
export function appUrl(path = '/'): URL {
  return new URL(path, setting('APP_URL'))
}
