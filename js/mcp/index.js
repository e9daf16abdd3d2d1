'use strict'

const { authInfoOf } = require('./auth-info')
const { resourceMetadata } = require('./resource-metadata')
const { tokenVerifier } = require('./token-verifier')

/** @type {typeof import('logto-authkit/mcp')} */
module.exports = { authInfoOf, resourceMetadata, tokenVerifier }
