import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeImageIndex } from '../../contracts/image-index.ts';

describeImageIndex('sqlite', new URL('./open-sqlite.ts', import.meta.url), async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-index-'));
  return { settings: { file: join(folder, 'imagedex.db') }, remove: () => rm(folder, { recursive: true }) };
});
