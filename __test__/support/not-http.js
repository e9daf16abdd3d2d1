'use strict'

/** Answers that are no HTTP/1.1 response: [the name, the text]. */
const NOT_HTTP = [
  ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a bare body', '{"keys":[]}'],
  ['a status that is no number', 'HTTP/1.1 OK 200\r\n\r\n'],
  ['another protocol’s version', 'HTTP/3.7 200 OK\r\n\r\n'],
  ['HTTP/2 without being asked', Buffer.from('000000040000000000', 'hex')],
  ['a TLS alert', Buffer.from('15030300020228', 'hex')],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n{"keys":[]}'],
  ['lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 11\r\n\r\n{"keys":[]}'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{"keys":[]}'],
  [
    'a chunk size that is no number',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"keys":[]}\r\n0\r\n\r\n',
  ],
  ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'],
]

module.exports = { NOT_HTTP }
