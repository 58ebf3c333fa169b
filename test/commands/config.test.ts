import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { optionTable } from '../../src/config/config.ts';
import { testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

it('prints every option with its value and where it came from', async () => {
  const { code, out } = await imagedex(['config', '--retries', '7'], { env: { IMAGEDEX_PORT: '8080' } });
  expect(code).toBe(0);
  expect(out).toMatch(/^port +8080 +IMAGEDEX_PORT$/m);
  expect(out).toMatch(/^retries +7 +--retries$/m);
  expect(out).toMatch(/^dataDir +\/\.imagedex +default$/m);
});

it('hides names and passwords in addresses', async () => {
  const argv = [
    'config',
    '--contact',
    'https://ada:secret@example.org/us',
    '--allow-private-hosts',
    'a:1,http://b:c@d',
  ];
  for (const { out } of [await imagedex(argv), await imagedex([...argv, '--json'])]) {
    expect(out).toContain('https://(hidden)@example.org/us');
    expect(out).toContain('http://(hidden)@d');
    expect(out).not.toMatch(/secret|\bada\b|b:c/);
  }
});

it('prints no password, wherever it was given', async () => {
  const typed = ['--opensearch-password', 'sesame'];
  const env = { IMAGEDEX_OPENSEARCH_PASSWORD: 'sesame' };
  for (const argv of [['config'], ['config', '--json']]) {
    for (const { out, err } of [await imagedex([...argv, ...typed]), await imagedex(argv, { env })]) {
      expect(out).toMatch(/opensearchPassword.*\(hidden\)/);
      expect(out + err).not.toContain('sesame');
    }
  }
  expect((await imagedex(['config'], { env })).out).toMatch(
    /^opensearchPassword +\(hidden\) +IMAGEDEX_OPENSEARCH_PASSWORD$/m,
  );
});

it('prints the same as JSON', async () => {
  const { out } = await imagedex(['config', '--json'], { env: { IMAGEDEX_PORT: '8080' } });
  const printed = JSON.parse(out);
  expect(Object.keys(printed)).toEqual([...Object.keys(optionTable), 'collections']);
  expect(printed.collections).toEqual([]);
  expect(printed.port).toEqual({ value: 8080, origin: 'IMAGEDEX_PORT' });
  expect(printed.allowPrivateHosts).toEqual({ value: [], origin: 'default' });
});

it('prints the collections with what is special about their sources, and no secrets', async () => {
  const cwd = await testFolder();
  const file = [
    'hostDelayMs: 7',
    'collections:',
    '  shop:',
    '    maxImages: 9',
    '    origins: [https://shop.example]',
    '    sources:',
    '      - source: https://shop.example/',
    '        maxPages: 3',
    '        contact: https://ada:secret@x.example/',
    '        headers: { X-Key: secret }',
    '        basicAuth: ada:secret',
    '      - /pictures',
    '  empty:',
  ];
  await writeFile(join(cwd, 'imagedex.config.yaml'), file.join('\n'));
  const text = await imagedex(['config'], { cwd });
  expect(text.out).toMatch(
    /^collections\.shop\.sources +web:https:\/\/shop\.example\/ with contact https:\/\/\(hidden\)@x\.example\/, maxPages 3, header x-key \(hidden\), header authorization \(hidden\) +imagedex\.config\.yaml:3$/m,
  );
  expect(text.out).toMatch(/^collections\.shop\.sources +folder:\/pictures +imagedex\.config\.yaml:3$/m);
  expect(text.out).toMatch(/^collections\.shop\.maxImages +9 /m);
  expect(text.out).toMatch(/^collections\.empty\.sources +none /m);
  const json = await imagedex(['config', '--json'], { cwd });
  expect(JSON.parse(json.out).collections[0]).toEqual({
    name: 'shop',
    origin: 'imagedex.config.yaml:3',
    sources: [
      {
        id: 'web:https://shop.example/',
        settings: { contact: 'https://(hidden)@x.example/', maxPages: 3 },
        headers: { 'x-key': '(hidden)', authorization: '(hidden)' },
      },
      { id: 'folder:/pictures', settings: {}, headers: {} },
    ],
    maxImages: 9,
    origins: ['https://shop.example'],
    retention: { maxAgeDays: null, maxBytes: null },
  });
  for (const { out } of [text, json]) expect(out).not.toMatch(/secret|\bada\b/);
  await rm(cwd, { recursive: true });
});
