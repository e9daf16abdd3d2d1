'use strict'

/** @import { ParseArgsConfig } from 'node:util' */

const { parseArgs } = require('node:util')

/** The command is wrong. Its message repeats no argument, which could be a secret in the wrong place. */
class UsageError extends Error {}

/** What `parseArgs` refuses, by the code of its error. */
const PROBLEMS = {
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: 'there is an argument that belongs to no option',
  ERR_PARSE_ARGS_UNKNOWN_OPTION: 'there is an option that is not known',
}

/**
 * Reads the options of a command.
 *
 * @template {NonNullable<ParseArgsConfig['options']>} O
 * @param {string[]} args what stands behind the command
 * @param {O} options
 * @param {Record<string, string>} [problems] in words that fit the command, by the code of the error
 * @throws {UsageError}
 */
function parseOptions(args, options, problems) {
  try {
    return parseArgs({ args, options }).values
  } catch ({ code }) {
    /** @type {Record<string, string>} */
    const known = { ...PROBLEMS, ...problems }
    throw new UsageError(known[code] ?? 'an option lacks its value, or has one that it does not take')
  }
}

/**
 * How a program exits whose command is wrong.
 *
 * @param {string} message
 */
function usageFailure(message) {
  return { outcome: 'usage_error', exitCode: 3, message }
}

module.exports = { UsageError, parseOptions, usageFailure }
