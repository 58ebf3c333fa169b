import { join } from 'node:path';
import { expect, test } from 'vitest';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { documents, openWorld } from '../world.ts';

test('words of files lie apart from words of the web, and both are found', async () => {
  const world = await openWorld({ describers: 1, allowPrivateHosts: ['127.0.0.1'] });
  const page = '<title>Barns</title><img src="/old-barn.png" alt="a red barn">';
  const server = await openWebServer({ '/': page, '/old-barn.png': await picture(90) });
  try {
    const folder = await pictureFolder(join(world.folder, 'divorce'), 1);
    await world.crawl(folder);
    await world.crawl(server.url);
    const all = await documents(world);
    const [inFolder, onWeb] = ['file:', 'http:'].map((scheme) =>
      all.find(({ locations }) => locations[0]!.url.startsWith(scheme)),
    );
    expect(Object.values(inFolder!.tokens).flat()).toEqual([]);
    expect(inFolder!.localTokens!.section.length).toBeGreaterThan(1);
    expect(onWeb!.localTokens).toBeUndefined();
    expect(onWeb!.tokens).toMatchObject({ alt: ['a', 'red', 'barn', '|'], title: ['barn', '|'] });
    expect(onWeb!.tokens.section).toEqual(expect.arrayContaining(['old', 'barn']));
    const [word] = inFolder!.localTokens!.section;
    const find = async (onWebOnly: boolean) =>
      (
        await world.parts.index.search({
          collection: 'default',
          filter: { text: [{ concepts: [], tokens: [word!], ...(onWebOnly && { onWeb: true as const }) }] },
          orderBy: { field: 'RELEVANCE', direction: 'DESC' },
          first: 10,
        })
      ).hits.map(({ document }) => document.id);
    expect(await find(false)).toEqual([inFolder!.id]);
    expect(await find(true)).toEqual([]);
  } finally {
    await server.close();
    await world.close();
  }
});
