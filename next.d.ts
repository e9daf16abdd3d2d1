/**
 * Keeps this package out of the bundles that Next.js makes, since a native addon cannot be bundled: adds it to
 * `serverExternalPackages`.
 *
 * @param nextConfig what `next.config` would export: an object, or a function that makes one, async or not
 * @returns a configuration of the same kind, with the rest as it was
 * @example
 * export default withLogtoAuth({ reactStrictMode: true })
 */
export function withLogtoAuth<Config extends object>(nextConfig: Config): Config
export function withLogtoAuth(nextConfig?: undefined): { serverExternalPackages: string[] }
