'use strict'

/**
 * The least storage for oidc-provider: a map. What has expired stays in it, since the demo does not run for long.
 *
 * @param {Map<string, object>} records shared by the providers that follow one another
 */
function adapterOf(model, records) {
  const keyOf = (id) => `${model}:${id}`
  return {
    find: async (id) => records.get(keyOf(id)),
    async findByUid(uid) {
      for (const [key, record] of records) if (key.startsWith(keyOf('')) && record.uid === uid) return record
    },
    upsert: async (id, payload) => void records.set(keyOf(id), payload),
    async consume(id) {
      records.get(keyOf(id)).consumed = Math.floor(Date.now() / 1000)
    },
    destroy: async (id) => void records.delete(keyOf(id)),
    async revokeByGrantId(grantId) {
      for (const [key, record] of records) if (record.grantId === grantId) records.delete(key)
    },
  }
}

module.exports = { adapterOf }
