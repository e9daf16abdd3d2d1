'use strict'

/** This package, also under the name that apps written for the original give it as an alias. */
const NAMES = ['logto-authkit', '@ouim/logto-authkit']

/** @see `withLogtoAuth` in next.d.ts */
function withLogtoAuth(nextConfig) {
  return typeof nextConfig === 'function'
    ? (...args) => after(nextConfig(...args), keptOutOfBundles)
    : keptOutOfBundles(nextConfig)
}

function after(value, use) {
  return typeof value?.then === 'function' ? value.then(use) : use(value)
}

function keptOutOfBundles(config) {
  const packages = new Set([...(config?.serverExternalPackages ?? []), ...NAMES])
  return { ...config, serverExternalPackages: [...packages] }
}

module.exports = { withLogtoAuth }
