'use strict'

/**
 * What keeps a release from being made, in words: nothing where the tag, the version and the changelog agree.
 *
 * @param {{ tag: string, version: string, changelog: string, today: string }} release `today` as YYYY-MM-DD
 * @returns {string[]}
 */
function problemsOf({ tag, version, changelog, today }) {
  const problems = []
  if (tag !== `v${version}`) problems.push(`the tag is ${tag}, and the version ${version}`)
  const [, dated, text] = section(changelog, version) ?? []
  if (dated === undefined) problems.push(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD"`)
  else if (dated > today) problems.push(`CHANGELOG.md dates ${version} on ${dated}, which is to come`)
  if (dated !== undefined && text.trim() === '') problems.push(`CHANGELOG.md says nothing of ${version}`)
  return problems
}

/**
 * @param {string} changelog
 * @param {string} version
 */
function section(changelog, version) {
  const heading = `## [${version}] - `
  const found = changelog.split(/^(?=## )/m).find((one) => one.startsWith(heading))
  return found === undefined ? null : /^## \[.*?\] - (\d{4}-\d\d-\d\d)\n([\s\S]*)$/.exec(found)
}

module.exports = { problemsOf }
