import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledModels, findModel, listModels, readModelFile } from '../../src/inference/repository.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'imagedex-models-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A copy of the bundled model under another name, its config changed. */
async function add(name: string, change: (config: string) => string = (config) => config): Promise<void> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  for (const file of ['labels.txt', 'config.json'])
    await cp(join(bundledModels, 'resnet18d-64', file), join(folder, file));
  const file = join(folder, 'config.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
}

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'model_invalid', message: expect.stringMatching(message) });

describe('the bundled model', () => {
  it('has the digest and size that its card says, and the file agrees', async () => {
    const model = await findModel([bundledModels], 'resnet18d-64');
    const card = JSON.parse(await readFile(join(model.folder, 'card.json'), 'utf8'));
    expect(model.config.versions['1']).toEqual(card.files['1/model.onnx']);
    expect(model.config.output.temperature).toBe(card.temperature);
    expect([model.config.input.mean, model.config.input.std]).toEqual([card.input.mean, card.input.std]);
    expect((await readModelFile(model)).length).toBe(card.files['1/model.onnx'].bytes);
  });
});

describe('listModels', () => {
  it('lists all roots by name; a later root wins; what is broken says why; an absent root is empty', async () => {
    await add('resnet18d-64', (config) => config.replace('trained for imagedex', 'mine'));
    await add('broken', () => '{');
    const listings = await listModels([bundledModels, root, join(root, 'absent')]);
    expect(listings.map(({ name }) => name)).toEqual(['broken', 'resnet18d-64']);
    expect(listings[0]?.problem).toMatch(/config.json is not JSON/);
    expect(listings[1]).toMatchObject({ versions: ['1'], classes: 200, origin: 'mine, see card.json' });
  });
});

describe('findModel', () => {
  it('takes the newest version, by number, or the one asked for', async () => {
    const sha256 = 'a'.repeat(64);
    await add('many', (config) =>
      config.replace(
        '"versions": {',
        `"versions": {"9": {"sha256": "${sha256}", "bytes": 1}, "10": {"sha256": "${sha256}", "bytes": 1},`,
      ),
    );
    expect((await findModel([root], 'many')).version).toBe('10');
    expect((await findModel([root], 'many@9')).version).toBe('9');
    await expect(findModel([root], 'many@3')).rejects.toThrow(
      invalid(/no version 3 of model many.*lists 10, 9, 1/),
    );
    await expect(findModel([root], 'none')).rejects.toThrow(invalid(/no model none; there are many/));
  });

  it('has another digest for another meaning, and the same for other words', async () => {
    const digest = async (change: (config: string) => string) => {
      await add('model', change);
      return (await findModel([root], 'model')).configDigest;
    };
    const original = await digest((config) => config);
    expect(await digest((config) => config.replace('Apache-2.0', 'MIT').replace('trained', 'made'))).toBe(
      original,
    );
    expect(await digest((config) => JSON.stringify(JSON.parse(config)))).toBe(original);
    expect(await digest((config) => config.replace('0.83', '0.84'))).not.toBe(original);
    expect(await digest((config) => config.replace('"linear"', '"cubic"'))).not.toBe(original);
    expect(await digest((config) => config.replace('372d', '372e'))).not.toBe(original);
  });

  it.each([
    ['an unknown key', '"kernel"', '"colour": 1, "kernel"', /Unrecognized key.*colour.*input/s],
    ['a wrong kernel', '"linear"', '"blurry"', /"nearest"\|"linear".*input.kernel/s],
    ['a missing licence', '"licence"', '"license"', /license/],
    ['a crop larger than the picture', '"resizeTo": 64', '"resizeTo": 32', /resizeTo must be at least size/],
    ['a version that is no number', '"1": {', '"v1": {', /each a whole number/],
    ['a std of 0', '68.6205', '0', /input.std\[1\]/],
    ['labels elsewhere', '"labels.txt"', '"../labels.txt"', /expected a file name in the model folder/],
  ])('refuses %s', async (_, from, to, message) => {
    await add('model', (config) => config.replace(from, to));
    await expect(findModel([root], 'model')).rejects.toThrow(invalid(message));
  });

  it('refuses labels without ids, with the line', async () => {
    await add('model');
    await writeFile(join(root, 'model', 'labels.txt'), 'n1\tdog\ncat\n');
    await expect(findModel([root], 'model')).rejects.toThrow(
      invalid(/line 2: expected concept id, TAB, name; came "cat"/),
    );
  });
});
