// The audits of graphql-http against the real server: what "GraphQL over HTTP" asks of one, 61 of 61.
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveWorld } from './world.ts';

let world: Awaited<ReturnType<typeof serveWorld>>;
beforeAll(async () => {
  world = await serveWorld();
});
afterAll(() => world?.close());

/** The audits' bare GETs are just what CSRF prevention refuses: they are asked with the header that it wants. */
const fetchFn = (url: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set('apollo-require-preflight', 'yes');
  return fetch(url, { ...init, headers });
};
const audits = (fetchWith: unknown) =>
  serverAudits({ url: () => `${world.url}/graphql`, fetchFn: fetchWith });

const ids = audits(fetchFn).map(({ id }) => id);

describe('GraphQL over HTTP', () => {
  test('these are the audits', () => {
    expect(ids.length).toBe(61);
    expect(ids.join(' ')).toMatchInlineSnapshot(
      `"22EB 4655 47DE 80D8 82A3 BF61 78D5 2C94 5A70 9C48 9ABE 03D4 A5BF 423L LKJ0 LKJ1 LKJ2 LKJ3 34A2 13EE 6C00 6C01 6C02 6C03 8161 B8B3 94B0 0220 94B1 0221 94B2 0222 4760 4761 4762 4763 2EA1 28B9 D6D5 6A70 58B0 58B1 58B2 58B3 428F 1B7A B6DC BCF8 B7N8 8764 3E3A 572B FDE2 7B9B 865D 556A D586 51FE 74FF 5E5B 86EE"`,
    );
  });

  test.each(audits(fetchFn))('$id: $name', async (audit) => {
    const { status, ...result } = await audit.fn();
    expect(status, 'reason' in result ? result.reason : '').toBe('ok');
  });
});

describe('CSRF prevention stays on', () => {
  const body = JSON.stringify({
    query: 'mutation { cancelCrawl(input: { crawlId: "x" }) { errors { code } } }',
  });
  const post = (type: string, extra: Record<string, string> = {}) =>
    fetch(`${world.url}/graphql`, { method: 'POST', headers: { 'content-type': type, ...extra }, body });

  test.each([
    'text/plain',
    'text/plain; charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ])('what a form of another site can send is refused: %s', async (type) => {
    const answer = await post(type);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('NOT_FOUND');
    const preflighted = await post(type, { 'apollo-require-preflight': 'yes' });
    expect(preflighted.status).toBeGreaterThanOrEqual(400);
  });

  test('a bare GET is refused, whatever content type it says it has', async () => {
    const url = `${world.url}/graphql?query={__typename}`;
    expect((await fetch(url)).status).toBe(400);
    for (const type of ['text/plain', 'text/plain;application/json'])
      expect([type, (await fetch(url, { headers: { 'content-type': type } })).status]).toEqual([type, 400]);
  });

  test('a mutation over GET is refused', async () => {
    const query = encodeURIComponent(JSON.parse(body).query as string);
    const answer = await fetchFn(`${world.url}/graphql?query=${query}`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await answer.text()).not.toContain('NOT_FOUND');
  });
});
