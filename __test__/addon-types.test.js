'use strict'

// js/engines/native/addon.d.ts is written by hand: it knows what napi does not, such as what a promise gives. The names,
// parameters and other types are those of target/addon.d.ts, which each build of the addon writes.

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')

const ROOT = join(__dirname, '..')

/** Exports of debug builds, for tests. */
const TEST_HOOKS = ['advanceClock', 'panicForTests', 'signatureChecks']

/** What a type of napi's is called by hand. */
const BY_HAND = [
  [/ExternalObject<Verifier>/g, 'NativeVerifier'],
  [/Answer<string>/g, 'Answer'],
  [/Array<(\w+)>/g, '$1[]'],
  [/NativeOptions/g, 'Settings'],
  [/NativeStatus/g, 'JwksStatus'],
]

test('the declarations of the addon are those of its build', () => {
  const built = membersOf(read('target/addon.d.ts'), /^export declare (?:function |const )(.*)$/gm)
    .map((member) => BY_HAND.reduce((text, [theirs, ours]) => text.replace(theirs, ours), member))
    .filter((member) => !TEST_HOOKS.includes(nameOf(member)))
  const [body] = /(?<=interface Addon \{)[^}]*/.exec(read('js/engines/native/addon.d.ts'))
  const declared = membersOf(body, /^ {2}(?:readonly )?(\w.*)$/gm).map((member) =>
    // A promise is an object to napi, and a name of a parameter says nothing about a type.
    member.replace(/Promise<.*>$/, 'object'),
  )
  assert.deepEqual(declared, built)
})

test('the settings are the options of the addon', () => {
  const [built] = /(?<=interface NativeOptions \{)[^}]*/.exec(read('target/addon.d.ts'))
  const [settings] = /(?<=@typedef \{object\} Settings\n)(?: \* @property .*\n)*/.exec(read('js/engines/contract.js'))
  const names = [...settings.matchAll(/@property \{.*?\} (\w+)/g)].map(([, name]) => name)
  assert.deepEqual(
    names.sort(),
    membersOf(built, /^ {2}(\w.*)$/gm)
      .map(nameOf)
      .sort(),
  )
})

function read(path) {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** The members of a declaration in order: the first group of each match, without the names of callbacks' parameters. */
function membersOf(text, pattern) {
  return [...text.matchAll(pattern)].map(([, member]) => member.replace(/\(\w+: (\w+)\) =>/, '($1) =>')).sort()
}

function nameOf(member) {
  return /^\w+/.exec(member)[0]
}
