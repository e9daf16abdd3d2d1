const PATHS = ['/api/me', '/api/admin', '/api/feed', '/api/profile', '/account', '/private']

export default function Page() {
  return (
    <main>
      <h1>logto-authkit with Next.js</h1>
      <ul>
        {PATHS.map((path) => (
          <li key={path}>
            <a href={path}>{path}</a>
          </li>
        ))}
      </ul>
    </main>
  )
}
