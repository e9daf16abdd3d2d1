'use strict'

// The engine on Node.js and what is like it: the native one or, where that does not load, the portable one.

/**
 * @import { AuthError } from 'logto-authkit'
 * @import { EngineModule } from './contract'
 */

const { warnOfPortableEngine } = require('../warnings')
const { binding } = require('./native/binding')
const native = require('./native/engine')

/** The module of an engine. The portable one is loaded when it is first used: most processes never use it. */
const moduleOf = (/** @type {'native' | 'portable'} */ name) =>
  name === 'native' ? native : require('./portable/engine')

/**
 * The engine of every verifier that does not insist on one.
 *
 * @type {'native' | 'portable' | undefined}
 */
let chosen

/**
 * Those that verifiers have been made with.
 *
 * @type {Set<'native' | 'portable'>}
 */
const used = new Set()

/**
 * Those that were not told when keys were forgotten, since no verifier was made with them. They forget all before the first one
 * is: else an `initialJwks` of before would bring the forgotten back.
 *
 * @type {Set<'native' | 'portable'>}
 */
const behind = new Set()

/** @type {EngineModule['getEngine']} */
function getEngine() {
  chosen ??= choose()
  return chosen
}

/** Chooses once for the process, so that it does not verify now one way, now another. */
function choose() {
  try {
    binding()
    return 'native'
  } catch (error) {
    warnOfPortableEngine(/** @type {AuthError} */ (error).message)
    return 'portable'
  }
}

/** @type {EngineModule['createEngine']} */
function createEngine(settings) {
  const name = settings.engine === 'auto' ? getEngine() : settings.engine
  if (name === 'native') binding()
  used.add(name)
  if (behind.delete(name)) moduleOf(name).forgetAllKeys()
  const { Engine } = moduleOf(name)
  return new Engine(settings)
}

/** The engines that may have keys. A thread without a verifier may still be asked of the keys that it shares with others. */
function namesInUse() {
  return used.size === 0 ? [getEngine()] : [...used]
}

function modules() {
  return namesInUse().map(moduleOf)
}

/** The modules that forget at once. The others will. */
function modulesToForget() {
  const names = namesInUse()
  for (const name of /** @type {const} */ (['native', 'portable'])) if (!names.includes(name)) behind.add(name)
  return names.map(moduleOf)
}

/** @type {EngineModule['forgetKeys']} */
function forgetKeys(url) {
  // All of them, not up to the first that had keys.
  return modulesToForget().filter((module) => module.forgetKeys(url)).length > 0
}

/** @type {EngineModule['forgetAllKeys']} */
function forgetAllKeys() {
  for (const module of modulesToForget()) module.forgetAllKeys()
}

/** @type {EngineModule['keysOf']} */
function keysOf(url) {
  return modules()
    .map((module) => module.keysOf(url))
    .find((keys) => keys !== undefined)
}

/** @type {EngineModule['keysStatus']} */
function keysStatus() {
  return modules().flatMap((module) => module.keysStatus())
}

/** @type {EngineModule} */
module.exports = { createEngine, forgetAllKeys, forgetKeys, getEngine, keysOf, keysStatus }
