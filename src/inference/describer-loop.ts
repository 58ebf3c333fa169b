// What a describer does: takes contents from the pipe, decodes each, classifies windows of them, answers.
import { appendFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { freeContent } from '../content-memory.ts';
import { failure, ImagedexError, messageOf } from '../errors.ts';
import { type CloseReason, openWindow, type Window } from '../window.ts';
import { frameReader, writeFrame } from './frames.ts';
import type { Answer, Order, Report } from './messages.ts';
import type { Model } from './model.ts';
import { type Normalise, openNormalise } from './normalise.ts';
import { openPrepare, type Prepare, type Prepared } from './preprocess.ts';
import { scoresOf } from './probabilities.ts';
import type { ModelFiles } from './repository.ts';

export type OpenModel = (files: ModelFiles, maxImages: number) => Promise<Model>;

/** As many as there are threads for it: they go on while the model holds this thread up, and fill the next window. */
const decodedAtOnce = 4;

interface Arrived {
  readonly id: number;
  readonly sha256: string;
  readonly content: Buffer;
  readonly leastPixels: number;
}
interface Waiting {
  readonly id: number;
  readonly sha256: string;
  readonly prepared: Prepared;
}

/** Serves until the pipe closes, which is how the main process ends a describer. */
export function serveDescriber(pipe: Socket, openModel: OpenModel): void {
  const report = (message: Report, payload?: Uint8Array): void => writeFrame(pipe, message, payload);
  let describer: Describer | null = null;
  const onOrder = async (order: Order, content: Buffer): Promise<void> => {
    if (order.type === 'open') describer = await openDescriber(order, openModel, report);
    else if (order.type === 'describe') {
      const { id, sha256, leastPixels } = order;
      describer?.take({ id, sha256, content, leastPixels });
    } else describer?.drain();
  };
  const read = frameReader((order, content) => {
    onOrder(order as Order, content).catch((error: unknown) => {
      const code = error instanceof ImagedexError ? error.code : 'model_invalid';
      report({ type: 'refused', code, message: messageOf(error) });
    });
  }, 0xffff_ffff);
  pipe.on('data', read);
}

interface Describer {
  take(arrived: Arrived): void;
  drain(): void;
}

async function openDescriber(
  order: Order & { type: 'open' },
  openModel: OpenModel,
  report: Send,
): Promise<Describer> {
  const model = await openModel(order.model, order.window.maxImages);
  const prepare = await openPrepare(model.info.input, order.prepare);
  const limits = { ...order.window, maxImages: Math.min(order.window.maxImages, model.info.maxBatch) };
  const engine = openEngine(model, openNormalise(model.info.input), report);
  const window = openWindow<Waiting>(limits, engine);
  report({ type: 'ready', model: model.info, rssBytes: process.memoryUsage.rss() });
  return openDecoding(prepare, window, report);
}

/** Decodes before the window, a few at a time, in the order of arrival: a bad picture fails alone. */
function openDecoding(prepare: Prepare, window: Window<Waiting>, report: Send): Describer {
  const arrived: Arrived[] = [];
  let decoding = 0;
  let isDraining = false;

  const decode = async ({ id, sha256, content, leastPixels }: Arrived): Promise<void> => {
    report({ type: 'started', id });
    const prepared = await prepare(content, leastPixels);
    if (prepared.outcome === 'prepared') window.add({ id, sha256, prepared });
    else if (prepared.outcome === 'failed') report({ type: 'failed', id, failure: prepared.failure });
    else report({ type: 'skipped', id, code: prepared.code, reason: prepared.reason });
  };

  const next = (): void => {
    while (decoding < decodedAtOnce) {
      const image = arrived.shift();
      if (image === undefined) break;
      decoding += 1;
      void decode(image).finally(() => {
        decoding -= 1;
        freeContent(image.content);
        next();
      });
    }
    if (isDraining && decoding === 0) void window.drain();
  };

  return {
    take(image) {
      arrived.push(image);
      next();
    },
    drain() {
      isDraining = true;
      next();
    },
  };
}

type Answered = readonly [Answer, Uint8Array?];
type Send = (message: Report, payload?: Uint8Array) => void;
type Engine = (images: readonly Waiting[], reason: CloseReason) => Promise<void>;

function openEngine(model: Model, normalise: Normalise, report: Send): Engine {
  const { classes, embeddingSize } = model.info;
  const classify = async (images: readonly Waiting[]): Promise<readonly Answered[]> => {
    const tensor = normalise(images.map(({ prepared }) => prepared.pixels));
    const { probabilities, embeddings } = await model.classify(tensor, images.length);
    noteInferences(images);
    return images.map(({ id, prepared }, row): Answered => {
      const scores = scoresOf(
        probabilities.subarray(row * classes.length, (row + 1) * classes.length),
        classes,
      );
      const embedding =
        embeddings === null || embeddingSize === null ? null : base64(embeddings, row, embeddingSize);
      const { size, exif, thumbnail, looks } = prepared;
      return [{ type: 'described', id, ...size, exif, scores, embedding, looks }, thumbnail];
    });
  };
  const one = (image: Waiting): Promise<readonly Answered[]> =>
    classify([image]).catch((error: unknown) => [[refused(image, error)]]);
  return async (images, reason) => {
    // Where a window fails, one of its images may be at fault: each is tried by itself.
    const answers = await classify(images).catch(async () => {
      const each: Answered[] = [];
      for (const image of images) each.push(...(await one(image)));
      return each;
    });
    // Before the answers, so that who has all answers has all counts.
    report({ type: 'window', reason, images: images.length, rssBytes: process.memoryUsage.rss() });
    for (const [answer, thumbnail] of answers) report(answer, thumbnail);
  };
}

const refused = ({ id }: Waiting, error: unknown): Answer => ({
  type: 'failed',
  id,
  failure: failure('describe', 'undecodable', `the model refused the image: ${messageOf(error)}`),
});

const base64 = (embeddings: Float32Array, row: number, size: number): string =>
  Buffer.from(embeddings.buffer, embeddings.byteOffset + row * size * 4, size * 4).toString('base64');

/** A file that survives every crash, so that tests can count what was classified twice. */
function noteInferences(images: readonly Waiting[]): void {
  const file = process.env['IMAGEDEX_INFERENCE_LOG'];
  if (file) appendFileSync(file, images.map(({ sha256 }) => `${sha256}\n`).join(''));
}
