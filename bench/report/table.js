'use strict'

const { OURS, REFERENCE } = require('../contenders')
const { medianOf } = require('../results')

/** A table with one row for each contender, and rows that compare ours with the best peer and with the baselines. */
function renderTable(results, job, table) {
  const { heading, columns } = table
  const rows = rowsOf(results, job, table)
  const head = [
    ['', ...columns.map(({ label }) => label)],
    ['---', ...columns.map(() => '---:')],
  ]
  const body = rows.map(({ name, values }) => [bold(name), ...cellsOf(values, rows, table)])
  const lines = [...head, ...body, ...summaryOf(rows, table)].map((cells) => `| ${cells.join(' | ')} |`)
  return [...(heading ? [`### ${heading}`, ''] : []), ...lines].join('\n')
}

function rowsOf({ contenders }, job, { columns }) {
  return contenders
    .map(({ name, isBaseline }) => ({
      name,
      isBaseline,
      values: columns.map((column) => medianOf(job, name, column)),
    }))
    .filter(({ values }) => values.some((value) => value !== undefined))
}

function cellsOf(values, rows, { unit, isPlain, columns }) {
  const reference = rows.find(({ name }) => name === REFERENCE)?.values
  return values.map((value, index) => {
    if (value === undefined) return '–'
    const text = format(value) + unit
    return reference?.[index] && !isPlain && !columns[index].isAside
      ? `${text} (${ratio(value, reference[index])})`
      : text
  })
}

function summaryOf(rows, { columns, isLessBetter = false, isPlain = false }) {
  const ours = rows.find(({ name }) => name === OURS)?.values
  if (ours === undefined || isPlain) return []
  const peers = rows.filter(({ name, isBaseline }) => !name.startsWith(OURS) && !isBaseline)
  // A column aside only explains the one before it.
  const best = columns.map(({ isAside }, index) => (isAside ? undefined : bestOf(peers, index, isLessBetter)))
  const beside = best.map((peer, index) =>
    peer && ours[index] !== undefined ? `${ratio(ours[index], peer.values[index])} ${peer.name}` : '–',
  )
  const baselines = rows.filter(({ isBaseline }) => isBaseline)
  return [
    ['*ours to the best peer*', ...beside],
    ...baselines.map(({ name, values }) => [
      `*ours to ${name}*`,
      ...values.map((value, index) =>
        value && ours[index] && !columns[index].isAside ? `${Math.round((ours[index] / value) * 100)} %` : '–',
      ),
    ]),
  ]
}

function bestOf(rows, index, isLessBetter) {
  const direction = isLessBetter ? 1 : -1
  const able = rows.filter(({ values }) => values[index] !== undefined)
  return able.sort((a, b) => direction * (a.values[index] - b.values[index]))[0]
}

function bold(name) {
  return name === OURS ? `**${name}**` : name
}

function ratio(value, reference) {
  return `${format(value / reference)} ×`
}

/** Rounds to three digits: further digits differ from run to run. */
function format(value) {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 })
}

module.exports = { format, renderTable, rowsOf }
