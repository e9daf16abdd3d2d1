// An MCP server, with the types of the SDK.

import * as sdkErrors from '@modelcontextprotocol/sdk/server/auth/errors.js'
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import type { AuthInfo as SdkAuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import express from 'express'
import { Hono } from 'hono'
import {
  type AuthContext,
  type AuthenticatedContext,
  principalOf,
  requireScopes,
  type VerifyAuthOptions,
} from 'logto-authkit'
import { type AuthVariables, logtoAuth } from 'logto-authkit/hono'
import { type AuthInfo, authInfoOf, type ResourceMetadata, resourceMetadata, tokenVerifier } from 'logto-authkit/mcp'

const metadata: ResourceMetadata = resourceMetadata({
  logtoUrl: ['https://tenant.logto.app'],
  issuer: 'https://tenant.logto.app/oidc',
  resource: 'https://api.example.com/mcp',
  scopes: ['notes:read'],
  resourceName: 'Notes',
  resourceDocumentation: 'https://api.example.com/docs',
})
const options: VerifyAuthOptions = {
  logtoUrl: 'https://tenant.logto.app',
  audience: metadata.document.resource,
  tokenFrom: 'header',
  resourceMetadataUrl: metadata.url,
}

// The SDK's own types fit.
export const verifier: OAuthTokenVerifier = tokenVerifier(options)
export const bundled: OAuthTokenVerifier = tokenVerifier(options, sdkErrors)
tokenVerifier(options)
  .verifyAccessToken('a.b.c')
  .then((info: SdkAuthInfo) => console.log(info.extra?.userId))

const app = express()
app.use(metadata.expressHandler)

const hono = new Hono<{ Variables: AuthVariables }>()
for (const path of metadata.paths) hono.all(path, (c) => metadata.fetchHandler(c.req.raw))
hono.post('/mcp', logtoAuth(options), async (c) => {
  const transport = new WebStandardStreamableHTTPServerTransport()
  await new McpServer({ name: 'notes', version: '1.0.0' }).connect(transport)
  const authInfo = authInfoOf(c.get('auth'), c.req.raw)
  return transport.handleRequest(c.req.raw, authInfo === undefined ? {} : { authInfo })
})

// What is certain of a user is certain of the AuthInfo, and a guest has none.
export function tool(user: AuthenticatedContext<{ sub: string; plan: string }>, anyone: AuthContext) {
  const { extra, resource, expiresAt }: AuthInfo<{ sub: string; plan: string }> = authInfoOf(user, 'a.b.c')
  requireScopes(extra, 'notes:write')
  // @ts-expect-error a guest has no AuthInfo
  authInfoOf(anyone, 'a.b.c').token
  return [principalOf(extra).clientId, extra.payload.plan, resource?.href, expiresAt.toFixed()]
}

// @ts-expect-error the resource is required
resourceMetadata({ logtoUrl: 'https://tenant.logto.app' })
// @ts-expect-error a misspelt option
resourceMetadata({ logtoUrl: 'https://tenant.logto.app', resource: 'https://api.example.com', scope: 'a' })
// @ts-expect-error the document does not change
metadata.document.resource = 'https://api.example.com'
