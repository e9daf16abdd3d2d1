import { authenticate } from '../../lib/session'
import { save } from './actions'

export default async function Page() {
  const result = await authenticate()
  if (!result.success) return <p>{result.error}</p>
  return (
    <form action={save}>
      <p>Signed in as {result.auth.userId}</p>
      <input name="nickname" />
      <button type="submit">Save</button>
    </form>
  )
}
