import { createRevocationList, type RevocationList } from 'logto-authkit/server'

// Next.js loads this module once for each of its bundles: they share the one list of the process.
const shared = globalThis as { revocations?: RevocationList }
shared.revocations ??= createRevocationList()

/** The tokens that have ended before their time. Several processes would need a log in common. */
export const { revocations } = shared as { revocations: RevocationList }
