// `imagedex backup FOLDER`: a copy of the whole data directory, while anything runs.
import { join, resolve } from 'node:path';
import { ImagedexError } from '../errors.ts';
import { counted } from './counted.ts';
import { openData } from './existing-data.ts';
import { hint } from './hint.ts';
import { openStatusLine } from './status-line.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const backup: Verb = {
  name: 'backup',
  words: 'FOLDER',
  leastWords: 1,
  mostWords: 1,
  doc: 'copies the whole data directory into a new folder, also while crawls run and searches are served',
  details:
    'FOLDER must not exist yet, or be empty. It is there whole when the command ends with 0, and else not at all.\n' +
    'A crawl that was running is carried on from there by whoever opens the copy. The configuration file is not in it.\n' +
    'Data in OpenSearch are backed up by its snapshots: see docs/opensearch-operations.md.',
  flags: {},
  options: ['dataDir'],
  examples: [
    'imagedex backup /backups/images-2026-11-21',
    'imagedex serve --data-dir /backups/images-2026-11-21',
  ],
  json: '{"folder": "/backups/images-2026-11-21", "databaseBytes": 9437184, "thumbnails": 300, "thumbnailBytes": 2412544}',
  run: runBackup,
};

async function runBackup(call: Call): Promise<number> {
  const { words, json, terminal, signal } = call;
  mustLieInTheFolder(call);
  const [{ makeBackup }, { fromHome }, app] = await Promise.all([
    import('../app/make-backup.ts'),
    import('../config/config-file.ts'),
    openData(call),
  ]);
  const status = openStatusLine(terminal);
  try {
    const folder = resolve(fromHome(words[0]!));
    status.show('copying the database');
    const report = await makeBackup(app.parts, folder, signal, (thumbnails) =>
      status.show(counted(thumbnails, 'thumbnail')),
    );
    status.end();
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else {
      const { databaseBytes, thumbnails, thumbnailBytes } = report;
      terminal.out(
        `Backup in ${report.folder}: database ${megabytes(databaseBytes)}, ${counted(thumbnails, 'thumbnail')} ${megabytes(thumbnailBytes)}\n` +
          `Looked through and whole. To use it: ${hint(call, 'serve', [], { dataDir: report.folder })}\n`,
      );
    }
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    status.end();
    await app.close();
  }
}

/** A copy of the folder would look like a backup, and be none. */
function mustLieInTheFolder({ config }: Call): void {
  const { store, dataDir, blobs } = config.values;
  if (store === 'sqlite') return;
  const rest = blobs === 'folder' ? `; thumbnails lie in ${join(dataDir, 'blobs')}: copy that folder` : '';
  throw new ImagedexError(
    'usage',
    `backup copies a data directory, but with \`store: ${store}\` the data lie in the cluster: take a snapshot there, ` +
      `as docs/opensearch-operations.md shows${rest}`,
  );
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
