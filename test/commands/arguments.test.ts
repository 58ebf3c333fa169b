import { describe, expect, it } from 'vitest';
import { parseCall } from '../../src/commands/arguments.ts';
import { crawl } from '../../src/commands/crawl.ts';
import { search } from '../../src/commands/search.ts';
import { optionTable } from '../../src/config/config.ts';

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
    expect([options, file]).toEqual([{ allowPrivateHosts: ['a', 'b', 'c'] }, 'f.yaml']);
    expect(parseCall(search, ['--label', 'a, b', '--label', 'c'], optionTable).flags).toEqual({
      label: ['a, b', 'c'],
    });
  });

  it('knows second names of flags, for lists beside the first', () => {
    const short = ['x', '--depth', '3', '--delay=0', '--allow-private', 'a', '--allow-private-hosts', 'b'];
    expect(parseCall(crawl, short, optionTable).options).toEqual({
      maxDepth: '3',
      hostDelayMs: '0',
      allowPrivateHosts: ['b', 'a'],
    });
    expect(() => parseCall(crawl, ['--depth', '3', '--max-depth', '4'], optionTable)).toThrow(
      '--max-depth and --depth are two names of one option: give one of them',
    );
    expect(() => parseCall(crawl, ['--dept', '3'], optionTable)).toThrow('did you mean --depth?');
    expect(() => parseCall(search, ['--limit', '3'], optionTable)).toThrow('did you mean --first?');
  });

  it('splits lists at commas that are not within brackets', () => {
    const globs = [
      '--include',
      '*.{jpg,png}',
      '--include',
      'a,[b,c]',
      '--exclude',
      '{d,e',
      '--map',
      'url=a[],title=b',
    ];
    expect(parseCall(crawl, globs, optionTable).options).toEqual({
      include: ['*.{jpg,png}', 'a', '[b,c]'],
      exclude: ['{d', 'e'],
      listMap: ['url=a[]', 'title=b'],
    });
    expect(parseCall(crawl, ['--include', ''], optionTable).options).toEqual({ include: [] });
  });

  it('takes what follows two dashes as words', () => {
    expect(parseCall(search, ['--', '--fresh'], optionTable).words).toEqual(['--fresh']);
  });
});
