import { describe, expect, it } from 'vitest';
import { hint, programName } from '../../src/commands/hint.ts';
import { loadConfig } from '../../src/config/config.ts';

describe('a command to paste', () => {
  it('says nothing of what is so by itself', async () => {
    const config = await loadConfig({ cwd: '/' });
    expect(hint({ program: 'imagedex', config }, 'search dog', ['collection', 'dataDir'])).toBe(
      'imagedex search dog',
    );
  });

  it('repeats what this one was told, as a shell reads it', async () => {
    const flags = { dataDir: "/srv/ada's images", collection: 'cats', port: '1' };
    const config = await loadConfig({ cwd: '/', flags });
    expect(hint({ program: 'npx imagedex', config }, 'failures', ['collection', 'dataDir'])).toBe(
      "npx imagedex failures --collection cats --data-dir '/srv/ada'\\''s images'",
    );
  });

  it('says where the data are if flags said it, and what holds there instead', async () => {
    const flags = {
      store: 'opensearch',
      opensearchUrls: ['http://a:1', 'http://b:1'],
      opensearchPrefix: 'x',
    };
    const config = await loadConfig({ cwd: '/', flags, env: { IMAGEDEX_DATA_DIR: '/srv' } });
    const there = '--opensearch-urls http://a:1,http://b:1 --opensearch-prefix x';
    const call = { program: 'imagedex', config };
    expect(hint(call, 'search dog', ['collection'])).toBe(`imagedex search dog --store opensearch ${there}`);
    expect(hint(call, 'serve', ['dataDir'], { store: 'sqlite' })).toBe(
      `imagedex serve --data-dir /srv ${there} --store sqlite`,
    );
  });

  it.each([
    ['/repo/node_modules/.bin/imagedex', { npm_command: 'exec' }, 'npx imagedex'],
    ['/usr/local/bin/imagedex', {}, 'imagedex'],
    ['/repo/dist/cli.js', {}, 'node dist/cli.js'],
  ])('starts as %s with %j was started', (script, env, program) => {
    expect(programName(script, env, '/repo')).toBe(program);
  });
});
