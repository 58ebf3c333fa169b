import { expect, test } from 'vitest';
import { HostGate } from '../../src/crawler/host-gate.ts';
import { openImageBounds } from '../../src/crawler/image-hosts.ts';
import { open } from '../../src/crawler/sources/web.ts';
import { webLocation } from '../../src/crawler/web-location.ts';
import { countingBudget, gif } from '../contracts/source.ts';
import { openWebServer } from '../web-server.ts';
import { webSettings } from './sources/web-settings.ts';

const isTaken = (patterns: string[], url: string): boolean =>
  openImageBounds(patterns, (host) => host === 'www.example.org')(new URL(url)) === undefined;

test.each<[string[], string, boolean]>([
  [[], 'https://anywhere.example/a.jpg', true],
  [['cdn.example.org'], 'https://cdn.example.org/a.jpg', true],
  [['cdn.example.org'], 'https://CDN.example.org:8443/a.jpg', true],
  [['cdn.example.org:8443'], 'https://cdn.example.org:8443/a.jpg', true],
  [['cdn.example.org:8443'], 'https://cdn.example.org/a.jpg', false],
  [['cdn.example.org'], 'https://www.example.org/a.jpg', true],
  [['cdn.example.org'], 'https://cdn.example.org.evil.example/a.jpg', false],
  [['*.example.org'], 'https://a.b.example.org/a.jpg', true],
  [['*.example.org'], 'https://example.org/a.jpg', false],
  [['img{1,2}.example.net'], 'https://img2.example.net/a.jpg', true],
  [['img{1,2}.example.net'], 'https://img3.example.net/a.jpg', false],
])('of %j %s: %s', (patterns, url, taken) => {
  expect(isTaken(patterns, url)).toBe(taken);
});

test('says which image lies elsewhere', () => {
  expect(openImageBounds(['a.example'], () => false)(new URL('https://b.example/x.jpg'))).toEqual({
    outcome: 'skipped',
    code: 'excluded',
    reason: 'https://b.example/x.jpg lies on none of the hosts of imageHosts',
  });
});

test('a web source asks no other host for images, neither itself nor by a redirect; its own it does', async () => {
  const other = await openWebServer({ '/a.gif': gif() });
  const server = await openWebServer({
    '/': '',
    '/own.gif': gif(),
    '/away.gif': { status: 302, headers: { location: `${other.url}/a.gif` } },
  });
  const settings = { ...webSettings, imageHosts: ['cdn.example'], allowPrivateHosts: [other.host] };
  const source = await open({ address: server.url, settings, gate: new HostGate() });
  try {
    const { signal } = new AbortController();
    const locationOf = (url: string) => webLocation('default', source.id, url);
    const fetch = (url: string) => source.fetch(locationOf(url), undefined, countingBudget(), signal);
    expect(await fetch(`${server.url}/own.gif`)).toMatchObject({ outcome: 'fetched' });
    for (const url of [`${other.url}/a.gif`, `${server.url}/away.gif`])
      expect(await fetch(url)).toMatchObject({ outcome: 'skipped', code: 'excluded' });
    expect(source.refusal?.(locationOf(`${other.url}/a.gif`))).toMatchObject({ code: 'excluded' });
    expect(source.refusal?.(locationOf(`${server.url}/own.gif`))).toBeUndefined();
    expect(other.asked).toEqual([]);
  } finally {
    await source.close();
    await Promise.all([server.close(), other.close()]);
  }
});
