'use strict'

// node scripts/pack.js <folder> [platform…]: makes the packages to publish, as folders: one package for each named
// platform (or for all), with its addon from js/engines/native/, and the main package. Fails if an addon is too large.

const { PLATFORMS, addonIn, checkSize, pack } = require('../tools/pack')

const [folder, ...named] = process.argv.slice(2)
const platforms = named.length > 0 ? named : Object.keys(PLATFORMS)
for (const target of pack(folder, platforms)) console.log(target)
for (const platform of platforms) checkSize(addonIn(folder, platform))
