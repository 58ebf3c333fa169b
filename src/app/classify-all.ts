// Classifies files and addresses without a data directory.
import { ByteBudget, type Hold } from '../budget.ts';
import { type ClassifyOutcome, classifyImage } from '../classify.ts';
import type { Config } from '../config/config.ts';
import type { Fetched } from '../crawler/source.ts';
import { openSource, typedSource } from '../drivers.ts';
import { ImagedexError } from '../errors.ts';
import { listModels, type ModelListing } from '../inference/repository.ts';
import { wordnet } from '../labels/taxonomy.ts';
import { openLog } from '../log.ts';
import { modelRoots, openModel } from './parts.ts';

/** The models that the bundled repository and the data directory hold. */
export const listRepository = (config: Config): Promise<readonly ModelListing[]> =>
  listModels(modelRoots(config));

/** Classifies files and addresses one after the other. Leaves nothing in the data directory. */
export async function* classifyAll(
  files: readonly string[],
  config: Config,
  signal: AbortSignal,
): AsyncGenerator<ClassifyOutcome> {
  const describers = await openModel(config, openLog(config.values.logLevel));
  const budget = new ByteBudget(config.values.maxHeldBytes);
  try {
    for (const file of files) {
      const hold = budget.hold();
      try {
        yield await classifyImage(file, await fetchTyped(file, config, hold, signal), describers, wordnet());
      } catch (error) {
        if (!(error instanceof ImagedexError)) throw error;
        yield { file, error: { code: error.code, message: error.message } };
      } finally {
        hold.release();
      }
    }
  } finally {
    await describers.close();
  }
}

/** The bytes of one image, typed as a file or an address. Throws `source_unavailable` for a page or a folder. */
export async function fetchTyped(
  typed: string,
  config: Config,
  hold: Hold,
  signal: AbortSignal,
): Promise<Fetched> {
  // What is asked for by name no glob leaves out, and of its site nothing else is asked for.
  const source = await openSource(typedSource(typed), {
    ...config.values,
    include: [],
    exclude: [],
    sitemaps: false,
    render: 'never',
  });
  try {
    const [root] = await source.start('', signal);
    const expansion = await source.expand(root!, '', undefined, signal);
    const images = expansion.outcome === 'expanded' ? expansion.images : [];
    const [image] = images;
    // One picture and nothing around it: a page or a folder shows its pictures otherwise.
    if (image === undefined || images.length > 1 || image.context !== null) {
      throw new ImagedexError('source_unavailable', `${typed}: expected an image, came a page or a folder`);
    }
    return await source.fetch(image.location, undefined, hold, signal);
  } finally {
    await source.close();
  }
}
