'use strict'

const { OURS, REMEMBERING } = require('../contenders')
const { format, rowsOf } = require('./table')

/** The panels of the plot. A panel without results is left out. */
const PANELS = [
  {
    job: 'live',
    title: 'Added to a live node:http server: µs, shorter is better',
    metric: 'node:http',
    case: 2,
    only: REMEMBERING,
  },
  {
    job: 'cold-caches',
    title: 'Seen before, cold caches: µs, shorter is better',
    metric: 'microseconds',
    only: REMEMBERING,
  },
  { job: 'first-sight', title: 'First sight of a token, one by one', metric: 'rate' },
  { job: 'in-flight', title: 'First sight, 64 in flight', metric: 'rate' },
  { job: 'seen-before', title: 'A token seen before', metric: 'rate' },
  { job: 'refusing', title: 'Refusing expired tokens', metric: 'expired' },
  { job: 'express', title: 'Express, one token', metric: 'oneToken' },
  { job: 'express', title: 'Express, 10,000 tokens, cold', metric: 'cold' },
]
const ALG = 'ES384'

const WIDTH = 860
const COLUMN = 420
const NAME = 170
const BAR = 170
const LINE = 20
const TITLE = 30

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 13px }
  .ours { font-weight: 600 }
  rect { fill: #afb8c1 }
  rect.baseline { fill: #d8dee4 }
  rect.ours { fill: #5d34f2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    rect { fill: #6e7681 }
    rect.baseline { fill: #30363d }
    rect.ours { fill: #a48bff }
  }`

/** A plot of horizontal bars, with two panels side by side. The colours follow the reader's light or dark mode. */
function renderPlot(results) {
  const panels = PANELS.map((panel) => ({ ...panel, rows: rowsOfPanel(results, panel) })).filter(
    ({ rows }) => rows.length > 0,
  )
  let y = TITLE
  const parts = []
  for (let index = 0; index < panels.length; index += 2) {
    const pair = panels.slice(index, index + 2)
    parts.push(...pair.map((panel, place) => renderPanel(panel, place * (COLUMN + 20), y)))
    y += TITLE + LINE + LINE * Math.max(...pair.map(({ rows }) => rows.length))
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img">
<title>${ALG} on ${escapeXml(results.machine.cpu)}, per second unless said: longer is better</title>
<style>${STYLE}</style>
<text x="0" y="14" class="title">${ALG}, per second unless said; longer is better</text>
${parts.join('\n')}
</svg>
`
}

function rowsOfPanel(results, { job, metric, case: id, only }) {
  if (results.jobs[job] === undefined) return []
  return rowsOf(results, results.jobs[job], { columns: [{ alg: ALG, metric, case: id }] })
    .filter(({ name }) => only === undefined || only.includes(name))
    .map(({ name, isBaseline, values: [value] }) => ({ name, isBaseline, value }))
    .sort((a, b) => (only === undefined ? b.value - a.value : a.value - b.value))
}

function renderPanel({ title, rows }, x, y) {
  const longest = Math.max(...rows.map(({ value }) => value))
  const lines = rows.map((row, index) => renderRow(row, longest, index * LINE + 12))
  return `<g transform="translate(${x} ${y})">
<text x="0" y="12" class="title">${escapeXml(title)}</text>
<g transform="translate(0 16)">
${lines.join('\n')}
</g>
</g>`
}

function renderRow({ name, isBaseline, value }, longest, y) {
  const kind = name === OURS ? 'ours' : isBaseline ? 'baseline' : 'peer'
  const width = Math.max(1, Math.round((value / longest) * BAR))
  return `<text x="${NAME - 8}" y="${y + 3}" text-anchor="end" class="${kind}">${escapeXml(name)}</text>\
<rect x="${NAME}" y="${y - 8}" width="${width}" height="14" rx="2" class="${kind}"/>\
<text x="${NAME + width + 6}" y="${y + 3}" class="${kind}">${format(value)}</text>`
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

module.exports = { renderPlot }
