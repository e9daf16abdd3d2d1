// A Worker that calls this package, as its bundler's conditions resolve it: edge-process.js asks it.

import * as authkit from 'logto-authkit'
import { outcomeOf } from './outcome.js'

export default {
  async fetch(request) {
    const { name, args } = await request.json()
    return Response.json(await outcomeOf(authkit, name, args))
  },
}
