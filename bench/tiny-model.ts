// A real ONNX model that costs next to nothing: the average colour of a picture, of which a few classes are made.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Known to the taxonomy: labels are made as for any model. */
const classes = [
  ['n02084071', 'dog'],
  ['n02121620', 'cat'],
  ['n01503061', 'bird'],
  ['n02512053', 'fish'],
  ['n04524313', 'vehicle'],
  ['n13104059', 'tree'],
] as const;

export const tinyModel = 'tiny';

/** Writes it into a data directory's models; `side`: pixels of the square that it sees. */
export async function writeTinyModel(dataDir: string, side: number): Promise<void> {
  const folder = join(dataDir, 'models', tinyModel);
  await mkdir(join(folder, '1'), { recursive: true });
  const content = onnx(side);
  const config = {
    licence: 'none',
    origin: 'made by the bench',
    input: {
      name: 'image',
      elementType: 'uint8',
      layout: 'NHWC',
      channels: 'RGB',
      size: side,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      resize: 'shortSide',
      resizeTo: side,
      kernel: 'linear',
    },
    output: { name: 'logits', activation: 'logits', scale: 1, temperature: 1, backgroundIndex: null },
    versions: { 1: { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length } },
  };
  await writeFile(join(folder, '1', 'model.onnx'), content);
  await writeFile(join(folder, 'labels.txt'), `${classes.map((one) => one.join('\t')).join('\n')}\n`);
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
}

/** image → Cast → ReduceMean over the pixels → MatMul → logits. */
function onnx(side: number): Buffer {
  const graph = message(
    [1, node('Cast', ['image'], ['numbers'], attribute('to', 2, 1))],
    [1, node('ReduceMean', ['numbers'], ['mean'], attribute('axes', 7, [1, 2]), attribute('keepdims', 2, 0))],
    [1, node('MatMul', ['mean', 'weights'], ['logits'])],
    [2, 'tiny'],
    [5, weights()],
    [11, value('image', 2, ['n', side, side, 3])],
    [12, value('logits', 1, ['n', classes.length])],
  );
  return message([1, 8], [7, graph], [8, message([1, ''], [2, 13])]);
}

function weights(): Buffer {
  const numbers = Float32Array.from({ length: 3 * classes.length }, (_, at) => Math.sin(at * 7) * 0.04);
  return message([1, 3], [1, classes.length], [2, 1], [8, 'weights'], [9, Buffer.from(numbers.buffer)]);
}

const node = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: Buffer[]
): Buffer =>
  message(
    ...inputs.map((name) => [1, name] as const),
    ...outputs.map((name) => [2, name] as const),
    [4, type],
    ...attributes.map((one) => [5, one] as const),
  );

/** `type`: 2 is a whole number, 7 several of them. */
const attribute = (name: string, type: 2 | 7, of: number | readonly number[]): Buffer =>
  message([1, name], ...(typeof of === 'number' ? [[3, of] as const] : of.map((one) => [8, one] as const)), [
    20,
    type,
  ]);

const value = (name: string, type: number, dims: readonly (string | number)[]): Buffer => {
  const shape = message(
    ...dims.map((dim) => [1, typeof dim === 'string' ? message([2, dim]) : message([1, dim])] as const),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
};

type Field = readonly [number: number, value: number | string | Buffer];

/** A protobuf message: whole numbers as varints, all else with its length. */
function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8), varint(value)];
      const bytes = Buffer.from(value as string);
      return [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}
