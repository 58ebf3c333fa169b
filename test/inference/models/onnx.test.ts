import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open } from '../../../src/inference/models/onnx.ts';
import { bundledModels, findModel } from '../../../src/inference/repository.ts';
import { describeModel } from '../../contracts/model.ts';
import { realModelsFolder } from '../../real-models.ts';

describeModel('onnx, bundled', { classes: 200, embeddingSize: 512, isBatched: true }, async (maxImages) =>
  open(await findModel([bundledModels], 'resnet18d-64'), maxImages),
);

const real = await realModelsFolder();
afterAll(() => real?.remove());
if (real !== null) {
  const openReal = (name: string) => async (maxImages: number) =>
    open(await findModel([real.path], name), maxImages);
  const efficientnet = { classes: 1000, embeddingSize: 1280, isBatched: true };
  describeModel('onnx, fp32', efficientnet, openReal('efficientnet-lite0'));
  describeModel('onnx, int8', efficientnet, openReal('efficientnet-lite0-int8'));
  const mobilenet = { classes: 1000, embeddingSize: null, isBatched: false };
  describeModel('onnx, uint8, batch fixed, background', mobilenet, openReal('mobilenet-v2'));
}

describe('a config that disagrees with its file', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'imagedex-onnx-'));
    folder = join(root, 'resnet18d-64');
    await cp(join(bundledModels, 'resnet18d-64'), folder, { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const openChanged = async (change: (config: string) => string) => {
    const file = join(folder, 'config.json');
    await writeFile(file, change(await readFile(file, 'utf8')));
    return open(await findModel([root], 'resnet18d-64'), 4);
  };

  it.each([
    ['input name', '"name": "image"', '"name": "pixels"', /names pixels, the ONNX file has image/],
    [
      'output name',
      '"name": "logits"',
      '"name": "scores"',
      /names scores, the ONNX file has logits, embedding/,
    ],
    ['embedding name', '"embedding": "embedding"', '"embedding": "vector"', /names vector/],
    ['element type', '"float32"', '"uint8"', /is uint8 \[n or 1, 3, 64, 64\].*has float32 \[n, 3, 64, 64\]/s],
    ['layout', '"NCHW"', '"NHWC"', /mend elementType, layout or size/],
    [
      'background',
      '"backgroundIndex": null',
      '"backgroundIndex": 0',
      /201 numbers are expected of output logits; it has 200/,
    ],
  ])('%s', async (_, from, to, message) => {
    await expect(openChanged((config) => config.replace(from, to))).rejects.toThrow(
      expect.objectContaining({ code: 'model_invalid', message: expect.stringMatching(message) }),
    );
  });

  it('a label too few', async () => {
    const file = join(folder, 'labels.txt');
    await writeFile(file, (await readFile(file, 'utf8')).split('\n').slice(1).join('\n'));
    await expect(openChanged((config) => config)).rejects.toThrow(/199 classes.*it has 200/s);
  });

  it('a file of another size, and one of other bytes', async () => {
    const file = join(folder, '1', 'model.onnx');
    const bytes = await readFile(file);
    bytes[5000] = (bytes[5000] as number) ^ 1;
    await writeFile(file, bytes);
    await expect(openChanged((config) => config)).rejects.toThrow(
      /expected 11424825 bytes with SHA-256 372d6c.*came/s,
    );
    await truncate(file, 1000);
    await expect(openChanged((config) => config)).rejects.toThrow(/came 1000 bytes/);
  });
});
