'use strict'

// node scripts/test-fast.js: the tests without the slow ones, as many files at a time as there are cores. Build the addon
// first.

const { readdirSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { run } = require('node:test')
const { spec } = require('node:test/reporters')

const FOLDER = join(__dirname, '../__test__')

/** The files that are left out, and what takes their time. */
const SLOW = {
  'bundles.test.js': 'wrangler bundles Workers, and workerd runs them',
  'demo-page-accessibility.test.js': 'a browser signs in',
  'demo-page.test.js': 'a browser signs in',
  'demo.test.js': 'the demo waits for a token to expire and for a back-off to end',
  'differential.test.js': 'thousands of mutated tokens go through two implementations',
  'docs-site.test.js': 'the site of the documentation is built',
  'doctor-tenant.test.js': 'the doctor is started for each case',
  'doctor.test.js': 'the doctor is started for each case',
  'frameworks.test.js': 'npm installs every framework, and each example is started',
  'frozen.test.js': 'a process is stopped for seconds',
  'getting-started.test.js': 'npm installs from a registry, and every command of the page is run',
  'jwks-endpoint.test.js': 'endpoints hang until they are given up',
  'jwks-over-time.test.js': 'endpoints hang until they are given up',
  'lambda.test.js': 'five bundlers are installed, and each bundle is started',
  'next-app.test.js': 'Next.js builds an app',
  'next-matrix.test.js': 'Next.js builds an app, and another version has to be installed',
  'polluted-prototype.test.js': 'every call is made again under each of some seventy members',
  'portable.test.js': 'suites of the public API run once more, in processes of the portable engine',
  'process.test.js': 'hundreds of threads and processes start and end',
  'remembered-memory.test.js': 'thousands of tokens are made and verified',
  'registry.test.js': 'package managers install from a registry',
  'runtimes.test.js': 'suites run once more on Bun and Deno, and apps are installed',
  'starter-express.test.js': 'npm installs and builds the starter',
  'starter-next.test.js': 'Next.js builds an app, and a browser signs in',
  'tarball.test.js': 'npm packs and installs',
}

const all = readdirSync(FOLDER).filter((name) => name.endsWith('.test.js'))
for (const name of Object.keys(SLOW)) if (!all.includes(name)) throw new Error(`there is no __test__/${name}`)
const files = all.filter((name) => !Object.hasOwn(SLOW, name)).map((name) => join(FOLDER, name))

run({ files, concurrency: availableParallelism() })
  .on('test:fail', () => {
    process.exitCode = 1
  })
  .compose(new spec())
  .pipe(process.stdout)
