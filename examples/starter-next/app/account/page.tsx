import { nicknames } from '../../lib/nicknames'
import { requireUser } from '../../lib/user'
import { saveNickname } from './actions'

/** For whoever is signed in. The proxy has sent everybody else away, unless its matcher has missed the page. */
export default async function Page() {
  const { userId } = await requireUser('/account')
  return (
    <main>
      <h1>Your account</h1>
      <p>
        Signed in as <b id="user">{userId}</b>, known as <b id="nickname">{nicknames.get(userId) ?? 'nobody'}</b>
      </p>
      <form action={saveNickname}>
        <label>
          Nickname <input name="nickname" required maxLength={50} />
        </label>
        <button type="submit">Save</button>
      </form>
    </main>
  )
}
