/** Those of every guarded route. `next build` reads them too, where .env is enough; `next start` reads them anew. */
export const options = {
  logtoUrl: process.env.LOGTO_URL,
  audience: process.env.AUDIENCE,
}
