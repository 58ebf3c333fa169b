// Source `folder`: every regular file below a folder, or one file. Listings are items, so a crawl resumes between them.
import { opendir, open as openFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ImagedexError, messageOf } from '../../errors.ts';
import type { OptionTable } from '../../options.ts';
import { locationId } from '../../record.ts';
import { nameWords } from '../../text.ts';
import type { CrawlerSettings } from '../options.ts';
import type { Expandable, ImageSighting, LookoutEvents, Source } from '../source.ts';
import type { Child } from './folder/address.ts';
import { pathOf, spanOf } from './folder/address.ts';
import { fetchFile } from './folder/file.ts';
import { listFolder } from './folder/listing.ts';
import { openLookout } from './folder/lookout.ts';

export const options = {} satisfies OptionTable;

export interface FolderSourceOptions {
  /** A path of a folder or of a single file. */
  readonly address: string;
  readonly settings: Pick<CrawlerSettings, 'maxImageBytes'>;
}

export async function open({ address, settings }: FolderSourceOptions): Promise<Source> {
  const path = await realpath(address).catch(() => resolve(address));
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  const root = isFile ? dirname(path) : path;
  const id = `folder:${path}`;
  const further = (listing: string, depth: number): Expandable => ({
    address: listing,
    depth,
    partition: null,
  });
  const sighting = (collection: string, file: Child): ImageSighting => ({
    location: {
      id: locationId(collection, id, file.address),
      address: file.address,
      url: file.url,
      host: '',
      words: nameWords(file.address.replace(/\.\w+$/, '')),
    },
    partition: null,
    context: null,
  });
  return {
    id,
    unseen: 'gone',
    start: async () => {
      await mustBeReadable(path, address, isFile);
      return [further('.', 0)];
    },
    expand: async (item, collection, _earlier, signal) => {
      if (isFile) {
        const file = { address: basename(path), url: pathToFileURL(path).href };
        return {
          outcome: 'expanded',
          page: null,
          further: [],
          images: [sighting(collection, file)],
          isPartial: false,
        };
      }
      const listing = await listFolder(root, item.address, signal);
      if (listing.outcome !== 'listed') return listing;
      return {
        outcome: 'expanded',
        page: null,
        further: listing.further.map((one) => further(one, item.depth + 1)),
        images: listing.files.map((file) => sighting(collection, file)),
        isPartial: false,
      };
    },
    fetch: ({ address }, earlier, budget, signal) => {
      const { maxImageBytes: maxBytes } = settings;
      return fetchFile({ root, address, earlierEtag: earlier?.validators.etag, maxBytes, budget }, signal);
    },
    further,
    urlOf: (listing) => pathToFileURL(pathOf(root, spanOf(listing).folder)).href,
    globPathOf: (listing) => spanOf(listing).folder,
    partitionOf: () => null,
    restMs: () => 0,
    // One file alone is not watched.
    ...(isFile
      ? {}
      : {
          lookout: (collection: string, events: LookoutEvents) =>
            openLookout(root, (file) => sighting(collection, file), events),
        }),
    close: async () => {},
  };
}

async function mustBeReadable(path: string, address: string, isFile: boolean): Promise<void> {
  const fault = (what: string, cause?: unknown): ImagedexError =>
    new ImagedexError(
      'source_unavailable',
      `expected a folder or an image file at ${address}, but ${what}`,
      cause === undefined ? {} : { cause },
    );
  try {
    if (isFile) return await (await openFile(path)).close();
    if (!(await stat(path)).isDirectory()) throw fault('it is neither');
    await (await opendir(path)).close();
  } catch (error) {
    if (error instanceof ImagedexError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw fault('there is nothing of that name', error);
    if (code === 'EACCES' || code === 'EPERM') throw fault('this user may not read it', error);
    throw fault(messageOf(error), error);
  }
}
