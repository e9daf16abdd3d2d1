'use strict'

const { execFile } = require('node:child_process')
const { mkdtemp, readFile, rm, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { promisify } = require('node:util')

const run = promisify(execFile)

const CONFIGURATION = `
[ca]
default_ca = this
[this]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[req]
distinguished_name = empty
[empty]
[leaf]
basicConstraints = CA:FALSE
subjectAltName = $ENV::NAMES
`

/** Certificate authorities, made with the openssl command in a folder of their own. */
async function startAuthorities() {
  const folder = await mkdtemp(join(tmpdir(), 'logto-authkit-tls-'))
  const inFolder = (name) => join(folder, name)
  await writeFile(inFolder('ca.cnf'), CONFIGURATION)
  await writeFile(inFolder('index.txt'), '')

  const openssl = (args, names = '') =>
    run('openssl', [...args, '-config', 'ca.cnf'], { cwd: folder, env: { ...process.env, NAMES: names } })
  const newKey = (name) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`]
  let issued = 0

  return {
    folder,
    inFolder,

    /** Makes an authority; its certificate is the file `{name}.pem`. */
    async createAuthority(name) {
      const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']
      const subject = ['-subj', `/CN=${name}`, '-days', '2', ...extensions.flatMap((one) => ['-addext', one])]
      await openssl(['req', '-x509', ...newKey(name), '-out', `${name}.pem`, ...subject])
      return inFolder(`${name}.pem`)
    },

    /** A server's `{ key, cert }`, signed by an authority, for `names`. The days of its validity count from today. */
    async issue(authority, names, [firstDay, lastDay] = [-1, 1]) {
      issued += 1
      const name = `leaf-${issued}`
      await openssl(['req', '-new', ...newKey(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`], names)
      const dates = ['-startdate', dayFromNow(firstDay), '-enddate', dayFromNow(lastDay)]
      const signer = ['-cert', `${authority}.pem`, '-keyfile', `${authority}.key`]
      const files = ['-in', `${name}.csr`, '-out', `${name}.pem`]
      await openssl(['ca', '-batch', '-notext', ...signer, ...files, ...dates], names)
      return { key: await readFile(inFolder(`${name}.key`)), cert: await readFile(inFolder(`${name}.pem`)) }
    },

    close: () => rm(folder, { recursive: true }),
  }
}

/** A day, counted from today, in openssl's form: YYYYMMDDHHMMSSZ. */
function dayFromNow(days) {
  const date = new Date(Date.now() + days * 86_400_000)
  return `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`
}

module.exports = { startAuthorities }
