'use strict'

// Preloaded, it keeps Bun from loading any addon.

process.dlopen = () => {
  throw new Error('no addon can load')
}
