// Crawls folders one after the other in one process and prints, at each progress, the memory of all its processes.
// crawl-with-memory DATA_DIR FOLDER…; a line: {"folder", "indexed", "pssBytes"}. Linux only: reads /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';

/** Proportional set size: memory that is shared counts once over all processes. */
function pssBytes(pid: number): number {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function familyBytes(): number {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const family = pids.filter((pid) => pid === process.pid || parentOf(pid) === process.pid);
  return family.reduce((total, pid) => total + pssBytes(pid), 0);
}

const [dataDir, ...folders] = process.argv.slice(2);
const config = await loadConfig({ flags: { dataDir, logLevel: 'error' } });
const app = await openApp(config);
for (const folder of folders) {
  let indexed = 0;
  const say = () => process.stdout.write(`${JSON.stringify({ folder, indexed, pssBytes: familyBytes() })}\n`);
  const timer = setInterval(say, 250);
  const command = { sources: [folder], collection: 'default', maxImages: null, fresh: false };
  const report = await app.crawl(command, new AbortController().signal, (progress) => {
    indexed = progress.indexed;
  });
  clearInterval(timer);
  indexed = report.indexed;
  say();
}
await app.close();
