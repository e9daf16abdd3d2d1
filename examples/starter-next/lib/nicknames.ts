// Stands for your database. Next.js loads a module once for each of its bundles: they share the one map of the process.
const shared = globalThis as { nicknames?: Map<string, string> }
shared.nicknames ??= new Map()

/** Nicknames by user id. */
export const nicknames = shared.nicknames
