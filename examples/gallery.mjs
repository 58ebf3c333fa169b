// Writes one HTML page with the thumbnails of a folder, in groups by what is on them.
//   node examples/gallery.mjs ~/Pictures gallery.html
import { writeFile } from 'node:fs/promises';
import { open } from 'imagedex';

const [source = '.', file = 'gallery.html'] = process.argv.slice(2);
const images = await open({ dataDir: 'gallery-data' });
try {
  await images.crawl(source);
  const { images: found } = await images.search('', { first: 1000 });

  const groups = new Map();
  for (const image of found) {
    const name = image.labels.find(({ isAccepted }) => isAccepted)?.name ?? 'something else';
    groups.set(name, [...(groups.get(name) ?? []), image]);
  }

  let page = '<!doctype html><meta charset="utf-8"><title>Gallery</title>\n';
  for (const [name, group] of [...groups].sort(([, a], [, b]) => b.length - a.length)) {
    page += `<h2>${name} (${group.length})</h2>\n`;
    for (const { sha256, alt } of group) {
      const jpeg = await images.thumbnail(sha256);
      if (jpeg === null) continue;
      const data = Buffer.from(jpeg).toString('base64');
      page += `<img alt="${(alt ?? name).replaceAll('"', '&quot;')}" src="data:image/jpeg;base64,${data}">\n`;
    }
  }
  await writeFile(file, page);
  console.log(`${found.length} images in ${groups.size} groups: ${file}`);
} finally {
  await images.close();
}
