import { revocations } from './revocations'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env

/** Those of every guard. `next build` reads them too, where .env is enough; `next start` reads them anew. */
export const options = { logtoUrl, audience, revocations }
