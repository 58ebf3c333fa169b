// What can be configured about describing: rows of the one option table.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { option, type Values } from '../options.ts';

const count = (least: number, most: number) => z.number().int().min(least).max(most);

export const inferenceOptions = {
  model: option(
    z.string().min(1),
    'resnet18d-64',
    'Model that describes images: a name in the model repository, or name@version (the newest version without one)',
  ),
  describers: {
    ...option(
      count(1, 64),
      Math.min(availableParallelism(), 8),
      'Child processes that decode and classify, each on one core',
    ),
    defaultText: 'one a core, at most 8',
  },
  windowMaxImages: option(count(1, 256), 16, 'Images that are classified together at most'),
  windowMaxWaitMs: option(
    count(0, 60_000),
    0,
    'Milliseconds that the oldest image waits for a window to fill; 0 closes it as soon as the model is idle',
  ),
  maxPixels: option(
    count(1, 268_402_689),
    50_000_000,
    'Pixels (width × height) above which an image is skipped instead of decoded',
  ),
  keepPositions: option(z.boolean(), false, 'Keeps the place where a photo was taken (EXIF GPS)'),
  describeTimeoutMs: option(
    count(100, 3_600_000),
    60_000,
    'Milliseconds after which a describer that has not answered for an image is replaced',
  ),
  describerMaxBytes: option(
    count(100_000_000, 64_000_000_000),
    1_073_741_824,
    'Memory of a describer (RSS) above which it is replaced between windows',
  ),
  maxHeldBytes: option(
    count(1_000_000, 4_000_000_000),
    33_554_432,
    'Bytes of images that all describers hold together; a single larger image passes alone',
  ),
} as const;

export type InferenceOptions = Values<typeof inferenceOptions>;
