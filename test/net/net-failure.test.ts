import { expect, test } from 'vitest';
import { netFailure } from '../../src/net/net-failure.ts';

const failureOf = (code: string) =>
  netFailure('fetch', 'https://a.example/', Object.assign(new Error('it failed'), { code }));

test.each([
  ['ENOTFOUND', 'never'],
  ['EAI_AGAIN', 'later'],
  ['ECONNREFUSED', 'later'],
  ['ECONNRESET', 'later'],
  ['CERT_HAS_EXPIRED', 'never'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'never'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'never'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'never'],
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'later'],
])('%s is tried again %s within a crawl', (code, retry) => {
  expect(failureOf(code)).toMatchObject({ code: 'network_error', retry });
});
