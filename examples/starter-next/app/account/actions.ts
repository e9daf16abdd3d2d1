'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { nicknames } from '../../lib/nicknames'
import { currentUser } from '../../lib/user'

/** Anybody can call an action, with or without the page that shows its form: it checks by itself. */
export async function saveNickname(form: FormData) {
  const user = await currentUser()
  // A navigation, which the proxy leads through the sign-in.
  if (user === undefined) redirect('/account')
  nicknames.set(user.userId, String(form.get('nickname')).slice(0, 50))
  revalidatePath('/account')
}
