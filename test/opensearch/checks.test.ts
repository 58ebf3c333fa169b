import { describe, expect, it } from 'vitest';
import {
  blockFindings,
  diskFindings,
  redFinding,
  usualWatermarks,
  versionFindings,
} from '../../src/opensearch/checks.ts';

const server = (number: string, distribution = 'opensearch') => ({ version: { number, distribution } });

describe('the version', () => {
  it.each(['2.19.0', '2.19.1', '2.20.0', '3.0.0', '3.6.0-SNAPSHOT'])('%s will do', (number) => {
    expect(versionFindings(server(number))).toEqual([]);
  });

  it.each([
    ['1.3.20', /2\.19 or newer, but the cluster has version 1\.3\.20/],
    ['2.9.0', /2\.19 or newer/],
    ['7.10.2', /says that it is version 7\.10\.2/],
    ['x', /2\.19 or newer/],
  ])('%s will not', (number, message) => {
    expect(versionFindings(server(number))).toMatchObject([
      { level: 'error', message: expect.stringMatching(message) },
    ]);
  });

  it('may be newer than what is known', () => {
    expect(versionFindings(server('4.0.0'))).toMatchObject([{ level: 'warning' }]);
  });

  it('is none where it is not OpenSearch', () => {
    const elastic = { version: { number: '8.17.0' }, tagline: 'You Know, for Search' };
    expect(versionFindings(elastic)[0]!.message).toMatch(/but Elasticsearch 8\.17\.0 answers there/);
    expect(versionFindings({})[0]!.message).toMatch(/but something else answers there/);
    expect(versionFindings(null)[0]!.message).toMatch(/but something else answers there/);
    const odd = { version: { number: 3, distribution: 'opensearch' } };
    expect(versionFindings(odd as never)).toEqual([]);
  });
});

describe('disks', () => {
  const node = (totalBytes: number, availableBytes: number) => ({
    name: 'a',
    version: '3.6.0',
    disk: { totalBytes, availableBytes },
  });
  const levels = (available: number, marks = usualWatermarks, total = 1000) =>
    diskFindings([node(total, available)], marks).map(({ level }) => level);

  it('are full over the marks, in percent, as a share or as space that is to stay free', () => {
    expect([levels(200), levels(99), levels(49)]).toEqual([[], ['warning'], ['error']]);
    const shares = { high: '0.5', floodStage: '0.8' };
    expect([levels(501, shares), levels(499, shares), levels(199, shares)]).toEqual([
      [],
      ['warning'],
      ['error'],
    ]);
    const spaces = { high: '2kb', floodStage: '1.5kb' };
    expect([levels(2049, spaces, 9999), levels(2047, spaces, 9999), levels(1500, spaces, 9999)]).toEqual([
      [],
      ['warning'],
      ['error'],
    ]);
    expect(levels(0, { high: 'much', floodStage: 'more' })).toEqual([]);
  });

  it('say how full they are, and where', () => {
    expect(diskFindings([node(1000, 30)], usualWatermarks)).toEqual([
      {
        level: 'error',
        message:
          'the disk of node a is 97.0 % full, over the flood stage of 95%: OpenSearch takes no writes to its indices',
        cure: 'free space there or add a node',
      },
    ]);
    expect(diskFindings([{ name: 'manager', version: '3.6.0', disk: null }], usualWatermarks)).toEqual([]);
  });
});

it('names the indices that are red or blocked, not all of many', () => {
  expect(redFinding([])).toEqual([]);
  expect(redFinding(['a', 'b', 'c', 'd', 'e'])[0]!.message).toMatch(/cannot answer for a, b, c and 2 more:/);
  const blocks = blockFindings(
    new Map([
      ['a', ['read_only_allow_delete']],
      ['b', ['write', 'metadata']],
      ['c', ['metadata']],
      ['d', []],
    ]),
  );
  expect(blocks.map(({ message }) => message)).toEqual([
    'OpenSearch takes no writes for a, because a disk was nearly full',
    'somebody has set index.blocks for b',
  ]);
});
