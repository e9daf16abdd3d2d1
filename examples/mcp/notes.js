const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { requireAuth, requireScopes } = require('logto-authkit')
const { z } = require('zod')

/**
 * The notes of each user.
 *
 * @type {Map<string, string[]>}
 */
const notes = new Map()

/** An MCP server for one request. Its tools know the user who calls: `authInfo.extra` is the context of logto-authkit. */
function createNotesServer() {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })

  server.registerTool('list-notes', { description: 'Lists your notes' }, ({ authInfo }) => {
    const { userId } = requireAuth(authInfo?.extra)
    return textOf({ userId, notes: notes.get(userId) ?? [] })
  })

  const addNote = { description: 'Adds a note to yours', inputSchema: { note: z.string() } }
  server.registerTool('add-note', addNote, ({ note }, { authInfo }) => {
    const auth = requireAuth(authInfo?.extra)
    requireScopes(auth, 'notes:write')
    const own = [...(notes.get(auth.userId) ?? []), note]
    notes.set(auth.userId, own)
    return textOf({ userId: auth.userId, notes: own })
  })

  return server
}

/**
 * @param {object} value
 * @returns {import('@modelcontextprotocol/sdk/types.js').CallToolResult}
 */
function textOf(value) {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] }
}

/**
 * Whether the body of a request, one message or a batch of them, calls a tool that needs `notes:write`.
 *
 * @param {any} body
 */
function callsWriter(body) {
  return [body].flat().some((message) => message?.method === 'tools/call' && message.params?.name === 'add-note')
}

module.exports = { callsWriter, createNotesServer }
