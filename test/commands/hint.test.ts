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

  it.each([
    ['/repo/node_modules/.bin/imagedex', { npm_command: 'exec' }, 'npx imagedex'],
    ['/usr/local/bin/imagedex', {}, 'imagedex'],
    ['/repo/dist/cli.js', {}, 'node dist/cli.js'],
  ])('starts as %s with %j was started', (script, env, program) => {
    expect(programName(script, env, '/repo')).toBe(program);
  });
});
