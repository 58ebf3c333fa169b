// The first generation is made once, whoever comes at the same time, and nothing unknown is taken for it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { install } from '../../../../src/indexer/stores/opensearch/install.ts';
import { type BareCluster, bareCluster } from '../../../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('making the image index on OpenSearch %s', (line) => {
  let bare: BareCluster;
  let url: string;
  let prefix: string;
  beforeEach(async () => {
    [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    bare = await bareCluster(url, { opensearchPrefix: prefix });
  });
  afterEach(async () => {
    await bare.cluster.close();
    await removeIndices(url, prefix);
    await fetch(`${url}/${prefix}-images`, { method: 'DELETE' });
  });

  const send = (method: string, path: string, body?: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });

  it('several at once make one', async () => {
    await Promise.all(Array.from({ length: 8 }, () => install(bare.cluster)));
    await install(bare.cluster);
    const aliases = (await (await send('GET', `/${prefix}-*/_alias`)).json()) as object;
    expect(aliases).toEqual({
      [`${prefix}-images-000001`]: {
        aliases: {
          [`${prefix}-images`]: {},
          [`${prefix}-images-write`]: { is_write_index: true },
          [`${prefix}-images-000001-own`]: {},
          [`${prefix}-images-000001-whole`]: {},
        },
      },
    });
    expect(bare.said).toEqual(['info: made an index for images in OpenSearch']);
  });

  it('takes no field that it does not know', async () => {
    await install(bare.cluster);
    const answer = await send('PUT', `/${prefix}-images-000001/_doc/x`, { unheard: 1 });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('strict_dynamic_mapping_exception');
  });

  it('an index in the place of the alias is left alone', async () => {
    await send('PUT', `/${prefix}-images`, {});
    await expect(install(bare.cluster)).rejects.toThrow(`expected no index called ${prefix}-images`);
    expect((await send('GET', `/${prefix}-images`)).status).toBe(200);
    expect((await send('GET', `/${prefix}-images-000001`)).status).toBe(404);
  });

  it('a generation without its aliases is told', async () => {
    await send('PUT', `/${prefix}-images-000001`, {});
    await expect(install(bare.cluster)).rejects.toThrow(`${prefix}-images-000001 lies there without them`);
  });

  it.each([
    [2, 'data_newer', 'newer imagedex'],
    [0, 'data_unavailable', 'store migrate'],
  ])('of version %i: %s', async (schema, code, text) => {
    await send('PUT', `/${prefix}-images-000001`, {
      aliases: { [`${prefix}-images`]: {}, [`${prefix}-images-write`]: { is_write_index: true } },
      mappings: { _meta: { schema } },
    });
    const failed = install(bare.cluster);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(text);
  });
});
