import Link from 'next/link'
import { currentUser } from '../lib/user'

/** For everybody, and knows who is there. */
export default async function Page() {
  const user = await currentUser()
  return (
    <main>
      <h1>My app</h1>
      <p>
        Hello, <b id="user">{user?.userId ?? 'guest'}</b>
      </p>
      <p>
        <Link href="/account">Your account</Link>
      </p>
      {user === undefined ? (
        // Not a Link, which would fetch the route before anybody clicks.
        <a href="/auth/sign-in">Sign in</a>
      ) : (
        <form action="/auth/sign-out" method="post">
          <button type="submit">Sign out</button>
        </form>
      )}
    </main>
  )
}
