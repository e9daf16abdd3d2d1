'use server'

import { redirect } from 'next/navigation'
import { authenticate } from '../../lib/session'

/** Anybody can call an action, with or without the page that shows its form: it has to be guarded by itself. */
export async function save(form: FormData) {
  const result = await authenticate()
  if (!result.success) redirect('/account')
  const saved = new URLSearchParams({ of: result.auth.userId, nickname: String(form.get('nickname')) })
  redirect(`/?${saved}`)
}
