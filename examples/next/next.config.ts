import { withLogtoAuth } from 'logto-authkit/next'
import type { NextConfig } from 'next'

const nextConfig: NextConfig = {
  // Next.js would take a lockfile further up, where there is one, for the app's.
  turbopack: { root: __dirname },
}

export default withLogtoAuth(nextConfig)
