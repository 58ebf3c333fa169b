import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openIndex, openLedger } from '../../src/drivers.ts';
import { ImagedexError, TemporaryError } from '../../src/errors.ts';
import { type Log, openLog } from '../../src/log.ts';
import { asked } from '../../src/opensearch/asked.ts';
import { openBulkWriter } from '../../src/opensearch/bulk-writer.ts';
import { type Cluster, openCluster } from '../../src/opensearch/cluster.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { query, world } from '../contracts/image-documents.ts';
import { type AuthProxy, awsSignature, basicLogin, type Doorkeeper, startAuthProxy } from './auth-proxy.ts';
import { type Certificate, newAuthority } from './certificates.ts';
import { openSearchSettings } from './settings.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from './shared.ts';

const password = 'open sesame: äöü';
const aws = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token+of/the=session',
  region: 'eu-central-1',
};

const authority = newAuthority();
const certificate = authority.sign();
const folder = await mkdtemp(join(tmpdir(), 'imagedex-cluster-'));
const caFile = join(folder, 'ca.pem');
await writeFile(caFile, `# of a test\n${authority.cert}`);
afterAll(() => rm(folder, { recursive: true }));

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  // No credentials but those of the test.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(name, undefined);
});

function signAs({ accessKeyId, secretAccessKey, sessionToken }: typeof aws): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
}

async function startProxy(line: '2' | '3', doorkeeper: Doorkeeper, own: Certificate = certificate) {
  const proxy = await startAuthProxy(await openSearchUrl(line), own, doorkeeper);
  closers.push(proxy.close);
  return proxy;
}

async function open(
  { port }: AuthProxy,
  settings: Partial<OpenSearchSettings>,
  log: Log = openLog('error'),
): Promise<Cluster> {
  const cluster = await openCluster(
    {
      ...openSearchSettings,
      opensearchUrls: [`https://127.0.0.1:${port}`],
      opensearchCaFile: caFile,
      opensearchPrefix: ownPrefix(),
      ...settings,
    },
    log,
  );
  closers.push(cluster.close);
  return cluster;
}

const login = { opensearchUser: 'ada', opensearchPassword: password };

/** Writes and finds documents, with names that signatures stumble over. */
async function mustWork(line: '2' | '3', cluster: Cluster): Promise<void> {
  const index = cluster.name('odd-names');
  closers.push(async () => removeIndices(await openSearchUrl(line), cluster.settings.opensearchPrefix));
  const writer = openBulkWriter(cluster);
  const ids = ['plain', 'a b+c/d', 'ü=&?#*', "it's (*)!", '%2F..~'];
  const outcomes = await writer.write(
    ids.map((id, place) => ({ action: 'index', index, id, body: { words: `über ${id}`, place } })),
  );
  await writer.close();
  expect(outcomes.map(({ state }) => state)).toEqual(ids.map(() => 'written'));
  for (const id of ids) {
    const { body } = await asked(cluster, () => cluster.client.get({ index, id }));
    expect(body._source).toMatchObject({ words: `über ${id}` });
  }
  await cluster.client.indices.refresh({ index: `${index}*,${index}` });
  const { body } = await asked(cluster, () =>
    cluster.client.search({
      index,
      q: 'words:"über" AND place:[1 TO 9]',
      sort: ['place:desc'],
    }),
  );
  expect(body.hits.hits.map((hit) => (hit as { readonly _id?: string })._id)).toEqual(ids.slice(1).reverse());
}

/** Ledger and image index, as a crawl and a search use them. */
async function mustServe(cluster: Cluster): Promise<void> {
  const [ledger, index] = [
    await openLedger({ driver: 'opensearch', cluster }),
    await openIndex({ driver: 'opensearch', cluster }),
  ];
  const block = { subject: 'site', blockedAt: '2026-01-01T00:00:00.000Z' } as const;
  const change = { kind: 'block', id: 'site=ä', expect: 0, record: block } as const;
  expect(await ledger.change([change])).toEqual({ conflict: false });
  expect(await ledger.change([change])).toEqual({ conflict: true });
  expect(await ledger.list('block', {}, { limit: 9 })).toMatchObject([{ id: 'site=ä', record: block }]);
  expect(await index.put(world)).toEqual([]);
  await index.refresh();
  const { totalCount } = await index.search(query({}, { first: 1 }));
  expect(totalCount.value).toBeGreaterThan(1);
  await index.close();
  await ledger.close();
}

/** What opening ends with. */
async function refusal(proxy: AuthProxy, settings: Partial<OpenSearchSettings>): Promise<ImagedexError> {
  const error = await open(proxy, settings).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ImagedexError);
  expect(error).not.toBeInstanceOf(TemporaryError);
  // With all that hangs on it, as a log or a stack trace may show it.
  const shown = inspect(error, { depth: 20 });
  const basic = [password, 'wrong-secret'].map((one) => Buffer.from(`ada:${one}`).toString('base64'));
  for (const secret of [password, aws.secretAccessKey, 'wrong-secret', ...basic])
    expect(shown).not.toContain(secret);
  expect((error as Error).message).not.toContain(aws.sessionToken);
  return error as ImagedexError;
}

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s over TLS', (line) => {
  it('takes a login, by an authority of one’s own', async () => {
    const proxy = await startProxy(line, basicLogin('ada', password));
    const cluster = await open(proxy, login);
    await mustWork(line, cluster);
    await mustServe(cluster);
    expect(proxy.counts.passed).toBe(proxy.counts.came);
    expect(proxy.counts.passed).toBeGreaterThan(5);
  });

  it('takes signatures of AWS, with and without a session', async () => {
    const settings = { opensearchAwsRegion: aws.region };
    signAs(aws);
    const proxy = await startProxy(line, awsSignature(aws));
    const cluster = await open(proxy, settings);
    await mustWork(line, cluster);
    await mustServe(cluster);
    expect(proxy.counts.passed).toBe(proxy.counts.came);
    const { sessionToken: _, ...lasting } = aws;
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    await open(await startProxy(line, awsSignature(lasting)), settings);
  });

  it('says what is wrong with a login', async () => {
    const proxy = await startProxy(line, basicLogin('ada', password));
    const wrong = await refusal(proxy, { ...login, opensearchPassword: 'wrong-secret' });
    expect(wrong.message).toMatch(/does not take the login.*IMAGEDEX_OPENSEARCH_PASSWORD/);
    expect((await refusal(proxy, {})).message).toMatch(/does not take the login.*opensearchUser/);
    expect(proxy.counts.passed).toBe(0);
  });

  it('says what is wrong with a signature', async () => {
    const settings = { opensearchAwsRegion: aws.region };
    const proxy = await startProxy(line, awsSignature(aws));
    expect((await refusal(proxy, settings)).message).toMatch(/there are none: set AWS_ACCESS_KEY_ID/);
    signAs({ ...aws, secretAccessKey: 'wrong-secret' });
    expect((await refusal(proxy, settings)).message).toMatch(
      /does not take the signature \(The request signature we calculated does not match.*set the AWS credentials/,
    );
    signAs(aws);
    expect((await refusal(proxy, { opensearchAwsRegion: 'eu-west-1' })).message).toMatch(
      /does not take the signature.*opensearchAwsRegion/,
    );
    for (const minutes of [20, -20]) {
      const now = () => Date.now() + minutes * 60_000;
      const skewed = await startProxy(line, awsSignature({ ...aws, now }));
      expect((await refusal(skewed, settings)).message).toMatch(/set the clock of this machine right/);
    }
    expect(proxy.counts.passed).toBe(0);
  });

  it('says what is wrong with a certificate, and sends nothing', async () => {
    const strangers = join(folder, `strangers-${line}.pem`);
    await writeFile(strangers, newAuthority().cert);
    const cases: readonly [Certificate, Partial<OpenSearchSettings>, RegExp][] = [
      [certificate, { opensearchCaFile: '' }, /authority that is not trusted here.*opensearchCaFile/],
      [certificate, { opensearchCaFile: strangers }, /authority that is not trusted here.*opensearchCaFile/],
      [authority.sign({ names: ['search.example.org'] }), {}, /is for another name.*opensearchUrls/],
      [authority.sign({ from: -3, to: -1 }), {}, /has expired.*renew it/],
      [authority.sign({ from: 1, to: 3 }), {}, /not valid yet.*clock/],
    ];
    for (const [own, settings, message] of cases) {
      const proxy = await startProxy(line, basicLogin('ada', password), own);
      expect((await refusal(proxy, { ...login, ...settings })).message).toMatch(message);
      expect(proxy.counts.came).toBe(0);
    }
  });
});
