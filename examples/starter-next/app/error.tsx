'use client'

export default function ErrorPage() {
  return (
    <main>
      <p role="alert">This page cannot be shown at the moment. You are still signed in.</p>
      <button type="button" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  )
}
