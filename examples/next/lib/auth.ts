import { revocations } from './revocations'

/** Those of every guard. `next build` reads them too, where .env is enough; `next start` reads them anew. */
export const options = {
  logtoUrl: process.env.LOGTO_URL as string,
  audience: process.env.AUDIENCE as string,
  revocations,
}
