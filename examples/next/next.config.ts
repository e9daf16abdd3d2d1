import { withLogtoAuth } from 'logto-authkit/next'
import type { NextConfig } from 'next'

const nextConfig: NextConfig = {
  // This repository has a lockfile further up too, which Next.js would otherwise take for the app's.
  turbopack: { root: __dirname },
}

export default withLogtoAuth(nextConfig)
