import { join } from 'node:path'

// In this repository the package is a link to the folder two levels up. An app that installs it from a registry needs
// `serverExternalPackages` alone.
const repository = join(import.meta.dirname, '../..')

/** @type {import('next').NextConfig} */
export default {
  serverExternalPackages: ['logto-authkit'],
  turbopack: { root: repository },
  outputFileTracingRoot: repository,
}
