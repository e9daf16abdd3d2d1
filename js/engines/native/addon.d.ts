// What engine.js uses of the addon. The functions stand in src/lib.rs, from which napi writes target/addon.d.ts at each
// build; __test__/addon-types.test.js holds the two together.

import type { JwksStatus } from 'logto-authkit'
import type { Settings } from '../contract'

/** A verifier on the other side. */
export interface NativeVerifier {
  readonly '': unique symbol
}

/** A refusal, as it crosses. */
export interface NativeRefusal {
  code: import('logto-authkit').AuthErrorCode
  /** A JSON object. */
  details: string
}

/** The keys of a URL, as they cross: the JSON text of a JWK Set. */
export interface NativeKeys {
  jwks: string
  ageMs: number
}

/** The key set that serves a verifier, by its number, and how long it will unless the epoch advances. */
export interface NativeKeysInUse {
  set: number
  settledForMs: number
}

/** The payload's JSON text, as it crosses, of a token that was verified before. */
export interface NativeRecalled {
  recalled: string
}

/** The payload's JSON text, a refusal, the number of a constant refusal, or the payload of a token that was verified before. */
export type Answer = string | NativeRefusal | number | NativeRecalled

export interface Addon {
  readonly VERSION: string
  readonly KEYS_NEEDED: number
  readonly TURN_SPENT: number
  readonly MOST_OFF_LOOP: number
  createVerifier(options: Settings): NativeVerifier
  verifyNow(verifier: NativeVerifier, token: string): Answer
  verifyLater(verifier: NativeVerifier, token: string): Promise<Answer>
  /** An empty string, or why there are no keys. */
  prefetch(verifier: NativeVerifier): Promise<'' | NativeRefusal | number>
  keysInUse(verifier: NativeVerifier): NativeKeysInUse | null
  /** One number, which advances when an answer of keysInUse may be true no longer. */
  shareEpoch(): Uint32Array
  advanceEpoch(): void
  beginTurn(): void
  constantRefusals(): NativeRefusal[]
  listenToFetches(callback: (status: JwksStatus) => void): void
  jwksStatus(): JwksStatus[]
  seedJwks(jwksUri: string, jwks: string, fetchedAt: number): void
  exportJwks(jwksUri: string): NativeKeys | null
  invalidateJwksCache(jwksUri: string): boolean
  clearJwksCache(): void
}
