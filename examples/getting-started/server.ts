import { createApp } from './app.js'

// A variable that is not set is refused by its option's name, here and not at the first request.
const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '', PORT = '3000' } = process.env

createApp({ logtoUrl, audience }).listen(Number(PORT), () => console.log(`Listening on port ${PORT}`))
