'use strict'

const { readTokens } = require('../support/tokens')

const MEGABYTE = 2 ** 20

module.exports = {
  name: 'cold-start',
  title: 'Cold start',
  note:
    'A fresh process: loading the package and setting a verifier up; then the first verification, which fetches the ' +
    'keys from loopback, over HTTP and over TLS 1.3 with the roots of the system and of NODE_EXTRA_CA_CERTS; and by how much the ' +
    'resident memory has grown through both.',
  algorithms: ['ES384'],
  cases: ({ algorithms, tokens }) =>
    algorithms.flatMap((alg) =>
      [false, true].map((isTls) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg], isTls })),
    ),
  tables: (_algorithms, cases) =>
    cases.flatMap(({ alg, id, isTls }) => [
      {
        heading: `${alg}, ${isTls ? 'TLS' : 'HTTP'}, time`,
        unit: ' ms',
        isLessBetter: true,
        columns: [
          { label: 'load', alg, case: id, metric: 'loadMs' },
          { label: 'first verification', alg, case: id, metric: 'firstMs' },
          { label: 'both', alg, case: id, metric: 'totalMs' },
        ],
      },
      {
        heading: `${alg}, ${isTls ? 'TLS' : 'HTTP'}, memory`,
        unit: ' MB',
        isLessBetter: true,
        columns: [{ label: 'added', alg, case: id, metric: 'addedMb' }],
      },
    ]),

  async measure({ contender, world }) {
    const [token] = readTokens({ ...world.tokens, count: 1 })
    const memory = process.memoryUsage.rss()
    const start = performance.now()
    const verify = await contender.verifier(world.tenants[0])
    const loaded = performance.now()
    await verify(token)
    const verified = performance.now()
    return {
      loadMs: loaded - start,
      firstMs: verified - loaded,
      totalMs: verified - start,
      addedMb: (process.memoryUsage.rss() - memory) / MEGABYTE,
    }
  },
}
