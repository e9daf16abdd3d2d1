'use strict'

// Events like those that API Gateway sends to a Lambda function, as the AWS documentation has them for both formats.

/** An event of an HTTP API (payload format 2.0). Header names are in lower case; cookies are apart from the headers. */
function eventOfHttpApi(path, { cookie, ...headers }) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: {
      accept: '*/*',
      host: 'abc123.execute-api.eu-central-1.amazonaws.com',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      stage: '$default',
      timeEpoch: 1_750_000_000_000,
    },
    isBase64Encoded: false,
  }
}

/** An event of a REST API (payload format 1.0). Header names are the client's, and `multiValueHeaders` repeats them. */
function eventOfRestApi(path, { cookie, authorization, ...others }) {
  const headers = {
    Accept: '*/*',
    Host: 'abc123.execute-api.eu-central-1.amazonaws.com',
    ...(cookie === undefined ? {} : { Cookie: cookie }),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...others,
  }
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: 'GET',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      httpMethod: 'GET',
      path: `/prod${path}`,
      stage: 'prod',
    },
    body: null,
    isBase64Encoded: false,
  }
}

module.exports = { eventOfHttpApi, eventOfRestApi }
