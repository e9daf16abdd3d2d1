/**
 * Keeps this package out of the bundles that Next.js makes: adds it to `serverExternalPackages`. For `next.config`.
 *
 * @param nextConfig an object, or a function that makes one, async or not
 * @returns the same, with the rest as it was
 */
export function withLogtoAuth<Config extends object>(nextConfig: Config): Config
export function withLogtoAuth(nextConfig?: undefined): { serverExternalPackages: string[] }
