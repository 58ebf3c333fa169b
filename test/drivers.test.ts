import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { openSource, typedSource } from '../src/drivers.ts';

describe('what people type as SOURCE', () => {
  it.each([
    ['/home/ada/Pictures', 'folder:/home/ada/Pictures'],
    ['Pictures', 'folder:Pictures'],
    ['C:\\Pictures', 'folder:C:\\Pictures'],
    ['file:///home/ada/My%20Pictures', 'folder:/home/ada/My Pictures'],
    ['https://example.org/a', 'web:https://example.org/a'],
    ['HTTP://example.org', 'web:HTTP://example.org'],
    ['s3://bucket', 's3:bucket'],
    ['S3://bucket/A b%20c/', 's3:bucket/A b%20c/'],
  ])('%s is %s', (typed, id) => {
    expect(typedSource(typed)).toBe(id);
  });

  it('is refused where no driver knows its scheme', () => {
    expect(() => typedSource('ftp://example.org/')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it.each([
    'https://ada:hunter2@example.org/',
    'https://ada:@example.org/?hunter2',
    'HTTP://hunter2@example.org/',
    'list:https://ada:hunter2@example.org/a.json',
    's3://ada:hunter2@bucket/prefix',
    'ftp://ada:hunter2@example.org/',
    'https://ada:x/hunter2@example.org/',
    'https://ada:x?hunter2@example.org/',
  ])('%s is refused without saying its password, and basicAuth named', (typed) => {
    const refused = (): unknown => {
      try {
        return typedSource(typed);
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toMatchObject({ code: 'usage', message: expect.stringContaining('basicAuth') });
    expect(String(refused())).not.toContain('hunter2');
  });

  it.each([
    'https://example.org/@ada',
    's3://bucket/ada@x/',
    'ada:x@example.org',
    'https://example.org/?a=b@c',
  ])('%s names nobody', (typed) => {
    expect(typedSource(typed)).toContain('@');
  });

  it('becomes the same id however it is spelt', async () => {
    const { values } = await loadConfig();
    const ids = ['https://EXAMPLE.org:443/a/../b#c', 'https://example.org/b'].map(async (typed) => {
      const source = await openSource(typedSource(typed), values);
      await source.close();
      return source.id;
    });
    const [first, second] = await Promise.all(ids);
    expect(first).toBe(second);
  });

  it('names the drivers that there are', async () => {
    const { values } = await loadConfig();
    await expect(openSource('ftp:x', values)).rejects.toThrow('there are folder, web, s3');
  });
});
