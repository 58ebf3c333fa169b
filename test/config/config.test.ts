import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, optionTable } from '../../src/config/config.ts';
import { environmentName, flagName } from '../../src/option-words.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imagedex-config-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(cwd, name), text);

/** The message of the error that loading ends with. */
async function refusal(sources: Parameters<typeof loadConfig>[0]): Promise<string> {
  const code = sources?.flags === undefined ? 'config_invalid' : 'usage';
  const error = await loadConfig({ cwd, ...sources }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'ImagedexError', code });
  return (error as Error).message;
}

describe('loadConfig', () => {
  it('starts from the defaults of the table', async () => {
    const { values, origins } = await loadConfig({ cwd });
    expect(values.port).toBe(4000);
    expect(values.dataDir).toBe(join(cwd, '.imagedex'));
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
    expect(Object.keys(values)).toEqual(Object.keys(optionTable));
  });

  it('lets flags win over the environment, and the environment over the file', async () => {
    await write('imagedex.config.yaml', '# ours\nport: 1\nretries: 2\ncollection: cats\n');
    const { values, origins } = await loadConfig({
      cwd,
      env: { IMAGEDEX_PORT: '5', IMAGEDEX_RETRIES: '6', PATH: '/bin' },
      flags: { port: '7' },
    });
    expect([values.port, values.retries, values.collection]).toEqual([7, 6, 'cats']);
    expect([origins.port, origins.retries, origins.collection, origins.logLevel]).toEqual([
      '--port',
      'IMAGEDEX_RETRIES',
      'imagedex.config.yaml:4',
      'default',
    ]);
  });

  it('reads JSON, tabs and lists included', async () => {
    await write(
      'imagedex.config.json',
      '{\n\t"keepPositions": true,\n\t"allowPrivateHosts": ["a:1", "b"]\n}\n',
    );
    const { values, origins } = await loadConfig({ cwd });
    expect(values.keepPositions).toBe(true);
    expect(values.allowPrivateHosts).toEqual(['a:1', 'b']);
    expect(origins.allowPrivateHosts).toBe('imagedex.config.json:3');
  });

  it('reads lists and booleans of the environment', async () => {
    const env = { IMAGEDEX_ALLOW_PRIVATE_HOSTS: 'a:1, b,', IMAGEDEX_KEEP_POSITIONS: 'true' };
    const { values } = await loadConfig({ cwd, env });
    expect([values.allowPrivateHosts, values.keepPositions]).toEqual([['a:1', 'b'], true]);
  });

  it('takes paths in a file from there, and none where none is given', async () => {
    await mkdir(join(cwd, 'etc'));
    const collections =
      'collections:\n  shop:\n    caFile: shop.pem\n    sources:\n      - source: https://shop.example/\n';
    await write('etc/own.yaml', `opensearchCaFile: ca.pem\ncaFile: sites.pem\n${collections}`);
    const { values, collections: read } = await loadConfig({ cwd, file: 'etc/own.yaml' });
    expect([values.opensearchCaFile, values.caFile]).toEqual([
      join(cwd, 'etc', 'ca.pem'),
      join(cwd, 'etc', 'sites.pem'),
    ]);
    expect(read.get('shop')?.sources[0]?.settings.caFile).toBe(join(cwd, 'etc', 'shop.pem'));
    expect((await loadConfig({ cwd })).values.opensearchCaFile).toBe('');
    expect(
      (await loadConfig({ cwd, env: { IMAGEDEX_OPENSEARCH_CA_FILE: '' } })).values.opensearchCaFile,
    ).toBe('');
  });

  it('says no password, wherever it stands and whatever is wrong with it', async () => {
    await write('imagedex.config.yaml', 'opensearchPassword: 12345\n');
    expect(await refusal({})).toBe(
      'imagedex.config.yaml:1: expected a text for opensearchPassword, but got something else. Its default is (hidden).',
    );
    await write('imagedex.config.yaml', 'opensearchUrls: ["https://ada:12345@search.example:9200"]\n');
    expect(await refusal({})).not.toContain('12345');
  });

  it.each([
    ['localhost:9200', 'http:// or https:// is missing'],
    ['https://ada:hunter2@search.example', 'a login belongs in opensearchUser and opensearchPassword'],
    ['https://search.example/path', 'it may have no path'],
  ])('says what is wrong with %s as opensearchUrls', async (url, fault) => {
    await write('imagedex.config.yaml', `opensearchUrls: ["${url}"]\n`);
    expect(await refusal({})).toContain(fault);
  });

  it('takes the named file, by flag or environment, and its folder for relative paths', async () => {
    const named = join(cwd, 'other.yaml');
    await write('other.yaml', 'dataDir: data\n');
    await write('imagedex.config.yaml', 'port: 1\n');
    const env = { IMAGEDEX_CONFIG: named, IMAGEDEX_INFERENCE_LOG: 'x' };
    for (const sources of [{ file: named }, { env }]) {
      const { values } = await loadConfig({ cwd: tmpdir(), ...sources });
      expect([values.dataDir, values.port]).toEqual([join(cwd, 'data'), 4000]);
    }
    expect((await loadConfig({ cwd, flags: { dataDir: 'here' } })).values.dataDir).toBe(join(cwd, 'here'));
  });

  it('names the place and the nearest option where it does not know one', async () => {
    await write('imagedex.config.yaml', 'port: 1\nretires: 2\n');
    expect(await refusal({})).toBe(
      'imagedex.config.yaml:2: there is no option retires; did you mean retries?',
    );
    await write('imagedex.config.yaml', '');
    expect(await refusal({ env: { IMAGEDEX_DATADIR: 'x' } })).toBe(
      'there is no option IMAGEDEX_DATADIR; did you mean IMAGEDEX_DATA_DIR?',
    );
    expect(await refusal({ flags: { colection: 'x' } })).toBe(
      'there is no option --colection; did you mean --collection?',
    );
    expect(await refusal({ flags: { toString: 'x' } })).toContain('there is no option --to-string');
  });

  it('says what was expected, what came and where', async () => {
    await write('imagedex.config.yaml', 'retries: 1\nport: lots\n');
    expect(await refusal({})).toBe(
      'imagedex.config.yaml:2: expected a whole number from 0 to 65535 for port, but got "lots". Its default is 4000.',
    );
    await write('imagedex.config.yaml', '');
    expect(await refusal({ env: { IMAGEDEX_LOG_LEVEL: 'loud' } })).toContain(
      'IMAGEDEX_LOG_LEVEL: expected one of debug, info, warn, error, but got "loud"',
    );
    expect(await refusal({ flags: { collection: 'My Cats' } })).toContain('lower-case letters');
    expect(await refusal({ flags: { keepPositions: 'perhaps' } })).toContain('expected true or false');
    expect(await refusal({ env: { IMAGEDEX_PORT: '' } })).toContain('but got ""');
    expect(await refusal({ env: { IMAGEDEX_PORT: '0x10' } })).toContain('but got "0x10"');
  });

  it.each([
    ['port: [', /^imagedex\.config\.yaml:1: /],
    ['port: 1\nport: 2\n', /^imagedex\.config\.yaml:2: .*unique/],
    ['port: &a [*a]\n', /^imagedex\.config\.yaml: .*circular/],
    ['- port\n', /expected options with their values/],
  ])('refuses the file %j', async (text, message) => {
    await write('imagedex.config.yaml', text);
    expect(await refusal({})).toMatch(message);
  });

  it('takes ~ for the home folder wherever a folder or file is named', async () => {
    const home = join(homedir(), 'x');
    await write('imagedex.config.yaml', 'dataDir: ~/x\n');
    expect((await loadConfig({ cwd })).values.dataDir).toBe(home);
    expect((await loadConfig({ cwd, env: { IMAGEDEX_DATA_DIR: '~/x' } })).values.dataDir).toBe(home);
    expect((await loadConfig({ cwd, flags: { dataDir: '~/x' } })).values.dataDir).toBe(home);
    expect((await loadConfig({ cwd, flags: { dataDir: '~' } })).values.dataDir).toBe(homedir());
    expect((await loadConfig({ cwd, flags: { dataDir: '~x' } })).values.dataDir).toBe(join(cwd, '~x'));
    expect(await refusal({ file: '~/no-such-file.yaml' })).toContain(join(homedir(), 'no-such-file.yaml'));
  });

  it('does not pass over a file that is almost named as it should be', async () => {
    await write('imagedex.config.yml', 'port: 1\n');
    expect(await refusal({})).toBe(
      'expected the configuration in imagedex.config.yaml, but it is in imagedex.config.yml: rename it',
    );
    expect((await loadConfig({ cwd, file: 'imagedex.config.yml' })).values.port).toBe(1);
  });

  it('refuses two files, and a named file that is not there', async () => {
    await write('imagedex.config.yaml', '');
    await write('imagedex.config.json', '{}');
    expect(await refusal({})).toContain('are both there: remove one');
    expect(await refusal({ file: 'none.yaml' })).toContain(
      `expected a configuration file at ${join(cwd, 'none.yaml')}`,
    );
  });
});

describe('the table', () => {
  it.each(Object.entries(optionTable))(
    '%s has a default that its schema takes, and one line of documentation',
    (name, option) => {
      expect(option.schema.parse(option.default)).toEqual(option.default);
      expect(option.doc).toMatch(/^[A-Z][^\n]{10,}[^.]$/);
      expect(flagName(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(environmentName(name)).toMatch(/^IMAGEDEX_[A-Z0-9_]+$/);
    },
  );
});
