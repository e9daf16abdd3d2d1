// A Worker that calls this package, as the bundler's conditions resolve it. edge-process.js sends it the calls.

import * as authkit from 'logto-authkit'
import { outcomeOf } from './outcome.js'

export default {
  async fetch(request) {
    const { name, args } = await request.json()
    return Response.json(await outcomeOf(authkit, name, args))
  },
}
