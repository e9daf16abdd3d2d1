'use strict'

/** A value of NODE_OPTIONS that makes the addon missing. The error has the code that Next.js may swallow in a proxy. */
const WITHOUT_ADDON = `--import=data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module'
  import { basename } from 'node:path'
  const load = Module._extensions['.node']
  Module._extensions['.node'] = (module, file) => {
    if (!basename(file).startsWith('logto-authkit.')) return load(module, file)
    throw Object.assign(new Error('Cannot find module ' + file), { code: 'MODULE_NOT_FOUND' })
  }
`)}`

module.exports = { WITHOUT_ADDON }
