/** @type {import('next').NextConfig} */
export default {
  // A native addon cannot be bundled: Node.js loads the package from node_modules.
  serverExternalPackages: ['logto-authkit'],
  // This repository has a lockfile further up too, which Turbopack would otherwise take for the app's.
  turbopack: { root: import.meta.dirname },
}
