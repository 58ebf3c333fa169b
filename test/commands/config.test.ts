import { expect, it } from 'vitest';
import { optionTable } from '../../src/config.ts';
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
    expect(out).not.toMatch(/secret|ada|b:c/);
  }
});

it('prints the same as JSON', async () => {
  const { out } = await imagedex(['config', '--json'], { env: { IMAGEDEX_PORT: '8080' } });
  const printed = JSON.parse(out);
  expect(Object.keys(printed)).toEqual(Object.keys(optionTable));
  expect(printed.port).toEqual({ value: 8080, origin: 'IMAGEDEX_PORT' });
  expect(printed.allowPrivateHosts).toEqual({ value: [], origin: 'default' });
});
