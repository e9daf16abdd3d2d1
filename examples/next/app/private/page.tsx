import { headers } from 'next/headers'

export default async function Page() {
  // Only the proxy sets it: no request reaches this page around it.
  const userId = (await headers()).get('x-user-id')
  return <p>Hello, {userId}</p>
}
