// Classifies files and addresses without a data directory.
import { ByteBudget } from '../budget.ts';
import { type ClassifyOutcome, classifyImage } from '../classify.ts';
import type { Config } from '../config.ts';
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
        const source = await openSource(typedSource(file), config.values);
        const [root] = await source.start('', signal);
        const expansion = await source.expand(root!, '', undefined, signal);
        const images = expansion.outcome === 'expanded' ? expansion.images : [];
        const [image] = images;
        // One picture and nothing around it: a page or a folder shows its pictures otherwise.
        if (image === undefined || images.length > 1 || image.context !== null) {
          throw new ImagedexError(
            'source_unavailable',
            `${file}: expected an image, came a page or a folder`,
          );
        }
        const fetched = await source.fetch(image.location, undefined, hold, signal);
        yield await classifyImage(file, fetched, describers, wordnet());
        await source.close();
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
