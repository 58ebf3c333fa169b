// Small pictures of one colour each, for sites and folders that tests make up.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** `number` tells one from another: by size and colour, for neighbouring colours may become the same JPEG. */
export const picture = (number: number): Promise<Buffer> =>
  sharp({
    create: {
      width: 60 + (number % 64),
      height: 60,
      channels: 3,
      background: { r: number % 256, g: 90, b: 40 },
    },
  })
    .jpeg()
    .toBuffer();

/** A folder with `count` different pictures, `0.jpg` and so on. */
export async function pictureFolder(folder: string, count: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let number = 0; number < count; number++)
    await writeFile(join(folder, `${number}.jpg`), await picture(number));
  return folder;
}
