import { describe, expect, it } from 'vitest';
import { parseCall } from '../../src/commands/arguments.ts';
import { crawl } from '../../src/commands/crawl.ts';
import { search } from '../../src/commands/search.ts';
import { optionTable } from '../../src/config.ts';

describe('parseCall', () => {
  it('tells words, flags of the verb and options apart', () => {
    const args = ['a', '--fresh', '--max-images', '7', '--port=1', '--no-keep-positions', '--json', 'b'];
    expect(parseCall(crawl, args, optionTable)).toEqual({
      words: ['a', 'b'],
      flags: { fresh: true, 'max-images': 7 },
      options: { port: '1', keepPositions: false },
      json: true,
      file: undefined,
    });
  });

  it('takes lists as commas and as flags given several times', () => {
    const args = ['x', '--allow-private-hosts', 'a', '--allow-private-hosts', 'b,c', '--config', 'f.yaml'];
    const { options, file } = parseCall(crawl, args, optionTable);
    expect([options, file]).toEqual([{ allowPrivateHosts: 'a,b,c' }, 'f.yaml']);
    expect(parseCall(search, ['--label', 'a, b', '--label', 'c'], optionTable).flags).toEqual({
      label: ['a, b', 'c'],
    });
  });

  it('takes what follows two dashes as words', () => {
    expect(parseCall(search, ['--', '--fresh'], optionTable).words).toEqual(['--fresh']);
  });
});
