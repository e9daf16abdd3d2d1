const common = { entry: './handler.mjs', mode: 'production', target: 'node20' }

export default [
  { ...common, output: { filename: 'index.cjs', library: { type: 'commonjs2' } } },
  {
    ...common,
    experiments: { outputModule: true },
    output: { filename: 'index.mjs', library: { type: 'module' }, module: true },
  },
]
