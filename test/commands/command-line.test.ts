import { describe, expect, it } from 'vitest';
import { verbs } from '../../src/commands/verbs.ts';
import { imagedex } from './surroundings.ts';

describe('the command line', () => {
  it('prints the version', async () => {
    expect(await imagedex(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('explains itself when asked, and when nothing is said', async () => {
    const asked = await imagedex(['--help']);
    expect(asked).toMatchObject({ code: 0, err: '' });
    for (const { name, doc } of verbs)
      expect(asked.out).toMatch(new RegExp(`^  ${name}\\b[^]*?  ${doc}$`, 'm'));
    const starts = asked.out.split('\n').flatMap((line) => {
      const verb = verbs.find(({ doc }) => line.endsWith(`  ${doc}`));
      return verb === undefined ? [] : [line.length - verb.doc.length];
    });
    expect([starts.length, new Set(starts).size]).toEqual([verbs.length, 1]);
    expect(await imagedex(['help'])).toEqual(asked);
    expect(await imagedex(['help', 'crawl'])).toEqual(await imagedex(['crawl', '--help']));
    expect(await imagedex([])).toMatchObject({ code: 2, out: '', err: asked.out });
  });

  it.each([
    [['crwal', 'x'], 'there is no verb crwal; did you mean crawl?'],
    [['elephant'], 'there is no verb elephant; `imagedex --help` lists the verbs'],
    [['--port', '1', 'serve'], 'expected a verb first, such as `imagedex crawl`, but got --port'],
    [['crawl', 'x', '--frsh'], 'there is no flag --frsh; did you mean --fresh?'],
    [['crawl', 'x', '-q'], 'there is no flag -q; `imagedex crawl --help`'],
    [['crawl', 'x', '--elephant'], '`imagedex crawl --help` lists the flags'],
    [
      ['crawl'],
      'SOURCE… is missing, and the configuration names no sources of collection default. Usage: imagedex crawl',
    ],
    [['serve', 'x'], 'x is too much. Usage: imagedex serve'],
    [['crawl', 'x', '--max-images', '0'], '--max-images: expected a whole number from 1, but got "0"'],
    [
      ['search', 'x', '--min-confidence', '2'],
      '--min-confidence: expected a number from 0 to 1, but got "2"',
    ],
    [
      ['search', 'x', '--min-confidence', '-0.1'],
      '--min-confidence: expected a number from 0 to 1, but got "-0.1"',
    ],
    [['search', 'x', '--first', '1001'], '--first: expected a whole number from 1 to 1000, but got "1001"'],
    [['search', 'x', '--first'], '--first: expected a value, but got none'],
    [['search', '--label', '--json=1'], '--label: expected a value, but got none'],
    [['search', '--label', ''], '--label: expected a text, but got ""'],
    [['config', '--json=yes'], '--json: expected no value, but got one'],
    [['config', '--config'], '--config: expected a value, but got none'],
    [['config', '--config', ''], '--config: expected the name of a file, but got ""'],
    [['config', '--data-dir', ''], '--data-dir: expected a text that is not empty, but got ""'],
    [
      ['config', '--log-level', 'loud'],
      'imagedex: --log-level: expected one of debug, info, warn, error, but got "loud"',
    ],
    [['help', 'crwal'], 'there is no verb crwal; did you mean crawl?'],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const { code, out, err } = await imagedex(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('answers with one JSON object for an error when JSON is asked for', async () => {
    const { code, out, err } = await imagedex(['crwal', '--json']);
    const message = 'there is no verb crwal; did you mean crawl?';
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code: 'usage', message } });
    expect(err).toBe(`imagedex: ${message}\n`);
  });

  it('ends with exit code 1 where the configuration is wrong', async () => {
    const { code, out } = await imagedex(['config', '--json'], { env: { IMAGEDEX_PORT: 'x' } });
    expect(code).toBe(1);
    expect(JSON.parse(out).error.code).toBe('config_invalid');
  });
});
