export default {
  entry: { index: 'handler.mjs' },
  format: ['esm', 'cjs'],
  noExternal: [/./],
  outExtension: ({ format }) => ({ js: format === 'esm' ? '.mjs' : '.cjs' }),
}
