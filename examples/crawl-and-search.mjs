// Crawls a folder (or any other source), and searches what it found.
//   node examples/crawl-and-search.mjs ~/Pictures fruit
import { open } from 'imagedex';

const [source = '.', words = ''] = process.argv.slice(2);
const images = await open({ dataDir: 'crawl-and-search-data' });
try {
  const report = await images.crawl(source, {
    onProgress: ({ found, indexed }) => process.stderr.write(`\r${indexed} of ${found} images `),
  });
  process.stderr.write('\n');
  console.log(
    `${report.found} found = ${report.indexed} indexed + ${report.skipped} skipped + ${report.failed} failed`,
  );

  const { totalCount, images: found } = await images.search(words, { first: 5 });
  console.log(`${totalCount.value} images for "${words}"`);
  for (const { url, labels } of found) {
    const accepted = labels.filter(({ isAccepted }) => isAccepted).map(({ name }) => name);
    console.log(`  ${url}  ${accepted.join(', ')}`);
  }
} finally {
  await images.close();
}
