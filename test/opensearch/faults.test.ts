import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Client } from '@opensearch-project/opensearch';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ImagedexError, TemporaryError } from '../../src/errors.ts';
import { answerFault, errorType, faultOf, isTemporary, statusOf } from '../../src/opensearch/faults.ts';
import { html, json, startAnswering } from './answering-server.ts';
import { freePort } from './server.ts';

/** What the client throws at a server that answers so. */
async function thrown(answer: RequestListener, requestTimeout = 5000): Promise<unknown> {
  const { url } = await startAnswering(answer);
  const client = new Client({ node: url, maxRetries: 0, requestTimeout });
  onTestFinished(() => client.close());
  return client.search({ index: 'images' }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const refused = (status: number, type: string, reason: string) =>
  json(status, { error: { type, reason, root_cause: [{ type, reason }] }, status });

describe('what the client throws', () => {
  it.each([
    ['429', refused(429, 'es_rejected_execution_exception', 'rejected execution of work')],
    ['a circuit breaker', refused(429, 'circuit_breaking_exception', '[parent] Data too large')],
    ['502 of a proxy', html(502, '<h1>Bad Gateway</h1>')],
    ['503', refused(503, 'cluster_manager_not_discovered_exception', 'no manager')],
    ['504', json(504, {})],
    ['500 of a full disk', refused(500, 'i_o_exception', 'No space left on device')],
    [
      'a block',
      refused(
        403,
        'cluster_block_exception',
        'index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];',
      ),
    ],
    [
      'cut JSON',
      ((_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"took": 1, "hi')) as RequestListener,
    ],
    ['a reset', ((request) => request.socket.destroy()) as RequestListener],
    [
      'a reset in mid-answer',
      ((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"took": 1', () => response.destroy());
      }) as RequestListener,
    ],
  ])('is temporary: %s', async (_, answer) => {
    const error = await thrown(answer);
    expect(isTemporary(error)).toBe(true);
    expect(faultOf(error)).toBeInstanceOf(TemporaryError);
    expect(faultOf(error)).toMatchObject({ code: 'data_unavailable' });
    expect(isTemporary(faultOf(error))).toBe(true);
  });

  it('is temporary: no answer in time, and nobody there', async () => {
    expect(faultOf(await thrown(() => {}, 50))).toMatchObject({
      message: 'OpenSearch gives no answer in time',
    });
    const client = new Client({ node: `http://127.0.0.1:${await freePort()}`, maxRetries: 0 });
    onTestFinished(() => client.close());
    const error = await client.info().catch((cause: unknown) => cause);
    expect(isTemporary(error)).toBe(true);
    expect((faultOf(error) as Error).message).toMatch(/cannot be reached.*ECONNREFUSED.*opensearchUrls/);
  });

  it.each([
    [
      'a wrong login',
      refused(401, 'security_exception', 'missing'),
      /does not take the login.*opensearchUser.*IMAGEDEX_OPENSEARCH_PASSWORD/,
    ],
    [
      'a missing right',
      refused(
        403,
        'security_exception',
        'no permissions for [indices:data/write/bulk] and User [name=ada, backend_roles=[x]]',
      ),
      /^the login has no right to indices:data\/write\/bulk in OpenSearch: give it that in its role there$/,
    ],
    [
      'a wrong signature',
      json(403, {
        message:
          'The request signature we calculated does not match.\nThe Canonical String was x-amz-security-token:topsecret',
      }),
      /does not take the signature \(The request signature we calculated does not match\.\).*AWS credentials/,
    ],
    ['a wrong clock', json(403, { message: 'Signature expired: 2026 is now earlier than' }), /clock/],
    ['a proxy’s refusal', html(403, 'no'), /or a proxy before it.*403/],
    [
      '500 of a bad request',
      refused(500, 'illegal_argument_exception', 'no field'),
      /refused a request.*no field/,
    ],
    [
      'a query that is too large',
      refused(500, 'too_many_nested_clauses', 'too many nested clauses; maxClauseCount is set to 1024'),
      /^the query is too large for OpenSearch .*fewer words/,
    ],
    ['a request that is too large', json(413, {}), /larger than OpenSearch takes.*bulkMaxBytes/],
    [
      'a missing index',
      refused(404, 'index_not_found_exception', 'no such index [images]'),
      /refused a request: index_not_found_exception: no such index \[images\]/,
    ],
    [
      'a query that shards refuse',
      json(400, {
        error: {
          type: 'search_phase_execution_exception',
          reason: 'all shards failed',
          root_cause: [{ type: 'query_shard_exception', reason: 'failed to create query' }],
        },
      }),
      /all shards failed: failed to create query/,
    ],
  ])('lasts: %s', async (_, answer, message) => {
    const fault = faultOf(await thrown(answer));
    expect(fault).toBeInstanceOf(ImagedexError);
    expect(fault).not.toBeInstanceOf(TemporaryError);
    expect((fault as Error).message).toMatch(message);
    expect((fault as Error).message).not.toContain('topsecret');
  });

  it('says so where the address is of something else', async () => {
    const { url } = await startAnswering(json(200, {}));
    const transport = createServer((socket) => socket.end('This is not an HTTP port'));
    await new Promise<void>((resolve) => transport.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      transport.close();
    });
    const { port } = transport.address() as AddressInfo;
    for (const [node, message] of [
      [url.replace('http:', 'https:'), /does not speak https at this address.*write http:/],
      [`http://127.0.0.1:${port}`, /Parse Error.*the http port \(9200\)/],
    ] as const) {
      const client = new Client({ node, maxRetries: 0 });
      onTestFinished(() => client.close());
      const fault = faultOf(await client.info().catch((thrown: unknown) => thrown));
      expect((fault as Error).message).toMatch(message);
    }
  });

  it('keeps its status and its type', async () => {
    const error = await thrown(refused(409, 'version_conflict_engine_exception', 'there is another'));
    expect([statusOf(error), errorType(error)]).toEqual([409, 'version_conflict_engine_exception']);
    expect([statusOf(faultOf(error)), errorType(faultOf(error))]).toEqual([
      409,
      'version_conflict_engine_exception',
    ]);
    expect(statusOf(new Error('another'))).toBe(undefined);
  });

  it('is left as it is where it is none of the connection’s', () => {
    const bug = new TypeError('a bug');
    expect(faultOf(bug)).toBe(bug);
    expect(isTemporary(bug)).toBe(false);
  });
});

it('tells apart why writes are blocked', () => {
  const block = (reason: string) =>
    answerFault(403, {
      error: { type: 'cluster_block_exception', reason: `index [x] blocked by: [${reason}];` },
    }).message;
  expect(
    block(
      'TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block',
    ),
  ).toMatch(/a disk is nearly full: free space/);
  expect(block('FORBIDDEN/5/index read-only (api)')).toMatch(/somebody has made the index read-only/);
  expect(block('SERVICE_UNAVAILABLE/1/state not recovered / initialized')).toMatch(/not ready/);
});
