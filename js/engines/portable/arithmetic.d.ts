/** The compact serialization, of base64url throughout, and the algorithm that its header names. */
export interface SignedText {
  text: string
  algorithm: string
}

/**
 * What a runtime's cryptography does: `#arithmetic` in package.json chooses. Each throws or rejects where a key is none, and may
 * where a signature is none.
 */
export interface Arithmetic<Key> {
  importKey(jwk: { kty: string; [member: string]: string }, algorithm: string): Key | Promise<Key>
  verify(key: Key, jws: SignedText): Promise<boolean>
  /** Undefined where there are only promises; else `importKey` gives none either. */
  verifySync: ((key: Key, jws: SignedText) => boolean) | undefined
}
