import { AuthError, createVerifier } from 'logto-authkit'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

/**
 * For events of API Gateway (REST API or HTTP API) and of a function URL.
 *
 * @param {object} event
 */
export async function handler(event) {
  try {
    const { userId } = await verifier.verify(event)
    return answer(200, { userId })
  } catch (error) {
    // A mistake in the set-up is for the log: the client gets 500.
    if (!(error instanceof AuthError) || error.status === 500) throw error
    return answer(error.status, { error: error.message, code: error.code }, error.headers)
  }
}

/**
 * @param {number} statusCode
 * @param {object} body
 */
function answer(statusCode, body, headers = {}) {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
