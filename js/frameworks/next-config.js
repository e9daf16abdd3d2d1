'use strict'

/** This package, also under the name that apps written for the original give it as an alias. */
const NAMES = ['logto-authkit', '@ouim/logto-authkit']

/** @type {(nextConfig?: any) => any} */
function withLogtoAuth(nextConfig) {
  return typeof nextConfig === 'function'
    ? (/** @type {unknown[]} */ ...args) => after(nextConfig(...args), keptOutOfBundles)
    : keptOutOfBundles(nextConfig)
}

/** @type {(value: any, use: (config: any) => object) => object} */
function after(value, use) {
  return typeof value?.then === 'function' ? value.then(use) : use(value)
}

/** @type {(config: any) => { serverExternalPackages: string[] }} */
function keptOutOfBundles(config) {
  const packages = new Set([...(config?.serverExternalPackages ?? []), ...NAMES])
  return { ...config, serverExternalPackages: [...packages] }
}

/** @type {typeof import('logto-authkit/next')} */
module.exports = { withLogtoAuth }
