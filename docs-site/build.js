// node docs-site/build.js: makes a static site of docs/ in target/docs-site, and installs the generator first where it is not.
// Arguments go to the generator, such as --base /logto-authkit/ for a site that is not at the root of its host.

const { install, npm } = require('./install')

const isBuilt = install() && npm(['run', 'build', '--', ...process.argv.slice(2)])
process.exitCode = isBuilt ? 0 : 1
