'use strict'

// The engine of Edge runtimes, where no addon can load.

/** @import { EngineModule } from './contract' */

const { invalid } = require('../option-values')
const { Engine, forgetAllKeys, forgetKeys, keysOf, keysStatus } = require('./portable/engine')

/** @type {EngineModule['createEngine']} */
function createEngine(settings) {
  if (settings.engine === 'native') throw invalid('engine', 'no native addon can load in Edge runtimes')
  return new Engine(settings)
}

/** @type {EngineModule['getEngine']} */
function getEngine() {
  return 'portable'
}

/** @type {EngineModule} */
module.exports = { createEngine, forgetAllKeys, forgetKeys, getEngine, keysOf, keysStatus }
