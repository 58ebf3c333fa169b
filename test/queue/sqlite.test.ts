import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeQueue } from '../contracts/queue.ts';

describeQueue('sqlite', new URL('./open-sqlite.ts', import.meta.url), async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-queue-'));
  return { settings: { file: join(folder, 'imagedex.db') }, remove: () => rm(folder, { recursive: true }) };
});
