// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a configuration names variables
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceConfig } from '../../src/collections/collection-config.ts';
import { loadConfig } from '../../src/config/config.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imagedex-secrets-'));
});
afterEach(() => rm(cwd, { recursive: true }));

/** The only source of a file in which it has these lines besides its address. */
async function source(lines: string, env: Record<string, string> = {}, address = 'https://example.org/') {
  const own = lines.split('\n').map((line) => `        ${line}\n`);
  await writeFile(
    join(cwd, 'imagedex.config.yaml'),
    `collections:\n  shop:\n    sources:\n      - source: ${address}\n${own.join('')}`,
  );
  const { collections } = await loadConfig({ cwd, env });
  return collections.get('shop')!.sources[0] as SourceConfig;
}
const headers = async (lines: string, env?: Record<string, string>) => (await source(lines, env)).headers();

describe('headers of a source', () => {
  it('are filled from the environment', async () => {
    const lines = 'headers:\n  X-Key: ${KEY}\n  authorization: "Bearer ${A}.${B}"\n  x-plain: "7"';
    expect(await headers(lines, { KEY: 'k', A: 'a', B: 'b' })).toEqual({
      'x-key': 'k',
      authorization: 'Bearer a.b',
      'x-plain': '7',
    });
    expect((await source(lines)).headerNames).toEqual(['x-key', 'authorization', 'x-plain']);
  });

  it('are made of a login, whatever its letters', async () => {
    const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;
    expect(await headers('basicAuth: ${LOGIN}', { LOGIN: 'ada:pässword:7' })).toEqual({
      authorization: basic('ada:pässword:7'),
    });
    expect(await headers('basicAuth: "ada:${PASSWORD}"', { PASSWORD: 'x' })).toEqual({
      authorization: basic('ada:x'),
    });
  });

  it('may be made of variables that look like ours', async () => {
    expect(await headers('basicAuth: ${IMAGEDEX_LOGIN}', { IMAGEDEX_LOGIN: 'a:b' })).toHaveProperty(
      'authorization',
    );
    await expect(source('basicAuth: ${LOGIN}', { IMAGEDEX_LOGIN: 'a:b' })).rejects.toThrow('IMAGEDEX_LOGIN');
  });

  it('are needed by nobody but who asks for them', async () => {
    const lines = 'headers:\n  x-key: ${NO_SUCH_KEY}';
    const one = await source(lines);
    expect(one.id).toBe('web:https://example.org/');
    expect(() => one.headers()).toThrow(
      'imagedex.config.yaml:6: expected the variable NO_SUCH_KEY in the environment, but it is not there: set it',
    );
    await expect(headers(lines, { NO_SUCH_KEY: '' })).rejects.toThrow('but it is empty: set it');
  });

  it.each([
    ['headers:\n  Host: secret', 'config.yaml:6: header Host cannot be set'],
    ['headers:\n  content-length: secret', 'header content-length cannot be set'],
    ['headers:\n  If-None-Match: secret', 'header If-None-Match cannot be set'],
    ['headers:\n  user-agent: secret', '`contact` is what it says of you'],
    ['headers:\n  "x key": secret', 'expected the name of a header, but got "x key"'],
    ['headers:\n  x-a: 7', 'config.yaml:6: expected a text for x-a, in quotes where it is a number'],
    ['headers:\n  x-a: secret\n  X-A: secret', 'config.yaml:7: header x-a is named twice'],
    ['headers:\n  x-a: "secret\\r\\nx-b: 1"', 'printable ASCII characters'],
    ['headers:\n  x-a: ${secret-secret}', 'expected variables in x-a as ${NAME}'],
    ['headers: secret', 'expected headers with their values'],
    ['basicAuth: secret', 'config.yaml:5: expected basicAuth as user:password'],
    ['basicAuth: ":secret"', 'nothing before it'],
    ['headers:\n  Authorization: secret\nbasicAuth: "a:secret"', 'both are there: remove one'],
    ['header:\n  x: secret', 'there is no option header; did you mean headers?'],
  ])('refuses %j and does not say the secret', async (lines, message) => {
    const error: Error = await source(lines).then(
      () => expect.fail('it was taken'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(error.message).toContain(message);
    expect(error.message.replace('${secret-secret}', '')).not.toContain('secret');
  });

  it('refuses what a variable has brought in, and does not say it', async () => {
    const bad = { KEY: 'secret\nx-other: 1' };
    await expect(headers('headers:\n  x-key: ${KEY}', bad)).rejects.toThrow(
      /^imagedex\.config\.yaml:6: expected a value of printable ASCII characters, without spaces around it$/,
    );
    await expect(headers('basicAuth: ${KEY}', bad)).rejects.toThrow(/or a control character$/);
  });

  it.each(['./pictures', 'list:./list.json'])('are not for %s', async (address) => {
    await expect(source('basicAuth: "a:b"', {}, address)).rejects.toThrow(
      'for sources with an address, which this is not',
    );
  });

  it('go to S3, but for those that say who asks', async () => {
    const s3 = await source('headers: { x-amz-request-payer: requester }', {}, 's3://bucket/');
    expect(s3.headers()).toEqual({ 'x-amz-request-payer': 'requester' });
    for (const lines of ['basicAuth: "a:b"', 'headers: { Authorization: b }'])
      await expect(source(lines, {}, 's3://bucket/')).rejects.toThrow(
        'the credentials of the AWS configuration',
      );
  });
});
