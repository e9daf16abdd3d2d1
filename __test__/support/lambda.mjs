// node lambda.mjs <file>: what Lambda does with the function in a file, for the requests of an HTTP server. Prints its port.

import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import gateway from '../frameworks/gateway-events.js'

const file = resolve(process.argv[2])
const { handler } = file.endsWith('.mjs') ? await import(pathToFileURL(file)) : createRequire(file)(file)

const server = createServer(async (req, res) => {
  try {
    const { statusCode, headers, body } = await handler(gateway.eventOfHttpApi(req.url, req.headers))
    res.writeHead(statusCode, headers).end(body)
  } catch (error) {
    console.error(error)
    res.writeHead(502).end()
  }
})
server.listen(0, '127.0.0.1', () => console.log(`Listening on port ${server.address().port}`))
