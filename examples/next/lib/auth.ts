import { revocations } from './revocations'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env

/** The options of every guard. A guard reads them at its first request: `next build` needs no variable. */
export const options = { logtoUrl, audience, revocations }
