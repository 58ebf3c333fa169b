// An export of any size is written and read in the same memory.
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testFolder } from '../world.ts';

const program = fileURLToPath(new URL('./move-many.ts', import.meta.url));
const allowedBytes = 80 * 1024 ** 2;
const count = 20_000;

test('20,000 images come in and go out, and memory stays flat', { timeout: 600_000 }, async () => {
  const folder = await testFolder();
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', program, folder, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { report, exported, size, found, peak } = JSON.parse(await text(child.stdout));
    expect(report).toMatchObject({ new: count, badLines: 0, isCutOff: false });
    expect(exported).toBe(count + 502);
    expect(found).toBe(count);
    // To hold three quarters of it would show.
    expect(size * 0.75).toBeGreaterThan(allowedBytes * 1.2);
    expect(peak.import - peak.firstQuarter).toBeLessThan(allowedBytes);
    expect(peak.export - peak.firstQuarter).toBeLessThan(allowedBytes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
