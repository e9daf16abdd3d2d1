import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

// Imported, they would be bundled into one ES module with this file, where CommonJS finds no `require`.
const require = createRequire(import.meta.url)
const { githubMarkdown, slugify } = require('../markdown.js')
const { EXCLUDED, navigation, pageOf, sidebar } = require('../pages.js')
const { name, description } = require('../../package.json')

export default defineConfig({
  title: name,
  description,
  srcDir: '..',
  srcExclude: EXCLUDED,
  rewrites: pageOf,
  outDir: '../target/docs-site',
  cacheDir: '../target/docs-site-cache',
  vite: { plugins: [packagesOfThisFolder()] },
  markdown: {
    anchor: { slugify },
    // Braces in prose are braces.
    attrs: { disable: true },
    config: githubMarkdown,
  },
  themeConfig: {
    nav: navigation(),
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
})

/** The pages stand beside this folder, from where its packages are not found: what they become imports Vue as this file would. */
function packagesOfThisFolder() {
  return {
    name: 'packages-of-this-folder',
    enforce: 'pre',
    resolveId(id, importer, options) {
      if (!/^vue(\/|$)/.test(id) || !importer?.endsWith('.md')) return
      return this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true })
    },
  }
}
