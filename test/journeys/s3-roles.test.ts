// A user whose rights on a bucket come with a role: by a web identity, as in Kubernetes, or by a profile that assumes it.
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { picture } from '../pictures.ts';
import { credentials, hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { addsUp, openWorld, testFolder, type World } from '../world.ts';

const roleArn = 'arn:aws:iam::123456789012:role/reader';

/**
 * A security token service that hands out the keys of the S3 server, and remembers what it was asked. No session token, for
 * that server knows none.
 */
async function openSts() {
  const asked: Record<string, string>[] = [];
  let refusal: string | null = null;
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ ...form, authorization: request.headers.authorization ?? '' });
      response.setHeader('content-type', 'text/xml');
      if (refusal !== null) {
        response.statusCode = 403;
        response.end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${refusal}</Message></Error></ErrorResponse>`,
        );
        return;
      }
      const action = form['Action']!;
      response.end(
        `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
          <AssumedRoleUser><Arn>${roleArn}</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>
          <Credentials><AccessKeyId>${credentials.accessKeyId}</AccessKeyId>
          <SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>
          <Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>
        </${action}Result></${action}Response>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuse: (message: string | null) => {
      refusal = message;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe.skipIf(!hasS3Server)('the rights of a role', { timeout: 60_000 }, () => {
  const worlds: World[] = [];
  let s3: S3Server;
  let sts: Awaited<ReturnType<typeof openSts>>;
  let folder: string;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    [s3, sts, folder] = [await openS3Server(['photos']), await openSts(), await testFolder()];
    await s3.put('photos', 'a.jpg', await picture(1));
    vi.unstubAllEnvs();
  });
  beforeEach(() => {
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...others } = s3Environment;
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    for (const [name, value] of Object.entries(others)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    sts.asked.length = 0;
    sts.refuse(null);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const world of worlds.splice(0)) await world.close();
  });
  afterAll(async () => {
    await s3.close();
    await sts.close();
    await rm(folder, { recursive: true, force: true });
  });
  const open = async (): Promise<World> => {
    const world = await openWorld({ s3Endpoint: s3.endpoint, describers: 1, retries: 0 });
    worlds.push(world);
    return world;
  };
  const webIdentity = async (): Promise<void> => {
    await writeFile(join(folder, 'token'), 'a-token-of-the-cluster');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', roleArn);
  };

  test('by a web identity: the token of a file is exchanged, once for a crawl', async () => {
    await webIdentity();
    const report = await (await open()).crawl('s3://photos');
    addsUp(report);
    expect(report).toMatchObject({ found: 1, indexed: 1, failed: 0 });
    expect(sts.asked).toMatchObject([
      {
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn: roleArn,
        WebIdentityToken: 'a-token-of-the-cluster',
      },
    ]);
  });

  test('by a profile with a role_arn: asked with the keys of its source_profile', async () => {
    await writeFile(
      join(folder, 'config'),
      [
        '[profile reader]',
        `role_arn = ${roleArn}`,
        'source_profile = base',
        'external_id = of-the-house',
        'region = us-east-1',
        '[profile base]',
        'aws_access_key_id = BASEKEY',
        'aws_secret_access_key = basesecret',
      ].join('\n'),
    );
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_PROFILE', 'reader');
    const report = await (await open()).crawl('s3://photos');
    addsUp(report);
    expect(report).toMatchObject({ found: 1, indexed: 1, failed: 0 });
    expect(sts.asked).toMatchObject([{ Action: 'AssumeRole', RoleArn: roleArn, ExternalId: 'of-the-house' }]);
    expect(sts.asked[0]!['authorization']).toContain('Credential=BASEKEY/');
  });

  test('a role that is refused is said, and nobody is asked without credentials in its place', async () => {
    await webIdentity();
    sts.refuse('not authorized to perform sts:AssumeRoleWithWebIdentity');
    await s3.asked();
    await expect((await open()).crawl('s3://photos')).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringContaining('not authorized to perform sts:AssumeRoleWithWebIdentity'),
    });
    expect(await s3.asked()).toEqual([]);
  });
});
