import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { open } from '../../../src/crawler/sources/folder.ts';
import { describeSource } from '../../contracts/source.ts';

describeSource('folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-folder-'));
  const settings = { maxImageBytes: 100_000 };
  return {
    open: () => open({ address: folder, settings }),
    openMissing: () => open({ address: join(folder, 'missing'), settings }),
    put: async (name, content) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    },
    remove: (name) => rm(join(folder, name)),
    close: () => rm(folder, { recursive: true }),
  };
});
