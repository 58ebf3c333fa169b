// Brings generated documents into an image index, a few batches at a time, and says how that goes.
import { performance } from 'node:perf_hooks';
import type { ImageDocument, ImageIndex } from '../src/indexer/image-index.ts';
import type { BenchCall } from './bench.ts';

const perPut = 500;
const inFlight = 3;

export interface Loaded {
  readonly seconds: number;
}

/** `onTenth` is called after each tenth of them. */
export async function loadDocuments(
  call: BenchCall,
  index: ImageIndex,
  documents: Iterator<ImageDocument>,
  count: number,
  onTenth: (tenth: number) => Promise<void> = async () => {},
): Promise<Loaded> {
  const started = performance.now();
  let done = 0;
  let tenth = 0;
  const one = async (): Promise<void> => {
    for (;;) {
      const batch = take(documents, perPut);
      if (batch.length === 0) return;
      const rejected = await index.put(batch);
      if (rejected.length > 0) throw new Error(`${rejected[0]!.id} was rejected: ${rejected[0]!.reason}`);
      done += batch.length;
      if (done < ((tenth + 1) * count) / 10) continue;
      tenth = Math.floor((done * 10) / count);
      const perSecond = Math.round((done * 1000) / (performance.now() - started));
      call.progress(`${done} of ${count} documents, ${perSecond}/s`);
      await onTenth(tenth);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return { seconds: (performance.now() - started) / 1000 };
}

function take<T>(from: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
