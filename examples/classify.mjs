// Says what is on single images: files, addresses, or bytes from wherever. Nothing of them is kept.
//   node examples/classify.mjs cat.jpg https://example.org/dog.jpg
import { readFile } from 'node:fs/promises';
import { open } from 'imagedex';

const images = await open({ dataDir: 'classify-data' });
try {
  for (const image of process.argv.slice(2)) {
    // A path or an address can be given as it is; bytes show how an upload is classified.
    const classified = await images.classify(image.includes('://') ? image : await readFile(image));
    if (classified.outcome === 'refused') console.log(`${image}: ${classified.code}: ${classified.reason}`);
    else {
      const [best] = classified.scores;
      const labels = classified.labels.filter(({ isAccepted }) => isAccepted).map(({ name }) => name);
      console.log(`${image}: ${labels.join(', ') || `perhaps ${best.name} (${best.score.toFixed(2)})`}`);
    }
  }
} finally {
  await images.close();
}
