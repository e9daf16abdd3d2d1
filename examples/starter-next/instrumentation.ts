import { createVerifier } from 'logto-authkit/server'
import { options } from './lib/auth'
import { checkSettings } from './lib/settings'

/** Runs when the server starts, and not when it is built. What it throws is logged, and every request is answered with 500. */
export function register() {
  checkSettings()
  // The first visitor need not wait for the keys. Where Logto cannot be reached, /ready says so until it can.
  createVerifier(options)
    .prefetch()
    .catch(() => {})
}
