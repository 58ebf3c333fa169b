// Driver of the Model port: onnxruntime-node on the CPU, one session of one thread.
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../errors.ts';
import type { OptionTable } from '../../options.ts';
import type { Classified, Model, ModelInfo } from '../model.ts';
import { modelInvalid } from '../model-config.ts';
import { probabilitiesOf } from '../probabilities.ts';
import { type ModelFiles, readModelFile } from '../repository.ts';

export const options = {} as const satisfies OptionTable;

/** Checks the config against the file and tries it out: what comes back is warm. */
export async function open(files: ModelFiles, maxImages: number): Promise<Model> {
  const content = await readModelFile(files);
  const { default: ort } = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(content, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Warnings about a graph are for its makers; errors throw.
    logSeverityLevel: 3,
  }).catch((error: unknown) => {
    throw modelInvalid(`model ${files.key} does not load: ${messageOf(error)}; expected an ONNX file`, error);
  });
  const isBatched = checkInput(session, files);
  checkOutput(session, files);
  const { input, output, embedding } = files.config;
  const dims = (count: number): number[] =>
    input.layout === 'NCHW' ? [count, 3, input.size, input.size] : [count, input.size, input.size, 3];

  const classify = async (pixels: Float32Array | Uint8Array, count: number): Promise<Classified> => {
    const results = await session.run({
      [input.name]: new ort.Tensor(input.elementType, pixels, dims(count)),
    });
    const raw = numbersOf(results[output.name], count * widthOf(session, output.name, files));
    const vectors =
      embedding === null ? null : numbersOf(results[embedding], count * widthOf(session, embedding, files));
    return {
      probabilities: probabilitiesOf(raw, count, files.classes.length, output),
      embeddings: vectors === null ? null : Float32Array.from(vectors),
    };
  };

  const maxBatch = await tryOut(classify, files, isBatched ? maxImages : 1);
  const { name, version, configDigest, key, classes, config } = files;
  const embeddingSize = embedding === null ? null : widthOf(session, embedding, files);
  const info: ModelInfo = {
    name,
    version,
    configDigest,
    key,
    licence: config.licence,
    input,
    classes,
    embeddingSize,
    maxBatch,
  };
  return { info, classify, close: () => session.release() };
}

function tensorOf(all: readonly InferenceSession.ValueMetadata[], name: string, files: ModelFiles) {
  const found = all.find((value) => value.name === name);
  if (found?.isTensor) return found;
  const names = all.map((value) => value.name).join(', ');
  throw modelInvalid(
    `model ${files.key}: config.json names ${name}, the ONNX file has ${names}; write one of those`,
  );
}

const isFixed = (axis: number | string | undefined): axis is number => typeof axis === 'number' && axis > 0;

/** True where the batch axis says that it is dynamic. */
function checkInput(session: InferenceSession, files: ModelFiles): boolean {
  const { name, elementType, layout, size } = files.config.input;
  const { type, shape } = tensorOf(session.inputMetadata, name, files);
  const [batch, ...axes] = shape;
  const expected = layout === 'NCHW' ? [3, size, size] : [size, size, 3];
  const agrees = axes.length === 3 && axes.every((axis, index) => !isFixed(axis) || axis === expected[index]);
  if (type !== elementType || !agrees || (isFixed(batch) && batch !== 1)) {
    throw modelInvalid(
      `model ${files.key}: config.json says that input ${name} is ${elementType} [n or 1, ${expected.join(', ')}], the ` +
        `ONNX file has ${type} [${shape.join(', ')}]; mend elementType, layout or size, or export the model again`,
    );
  }
  return !isFixed(batch);
}

function checkOutput(session: InferenceSession, files: ModelFiles): void {
  const { output, embedding, labels } = files.config;
  const width = widthOf(session, output.name, files);
  const background = output.backgroundIndex === null ? 0 : 1;
  if (width !== files.classes.length + background || (output.backgroundIndex ?? 0) >= width) {
    throw modelInvalid(
      `model ${files.key}: ${labels} has ${files.classes.length} classes and backgroundIndex is ${output.backgroundIndex}, ` +
        `so ${files.classes.length + background} numbers are expected of output ${output.name}; it has ${width}`,
    );
  }
  if (embedding !== null) widthOf(session, embedding, files);
}

function widthOf(session: InferenceSession, name: string, files: ModelFiles): number {
  const { shape } = tensorOf(session.outputMetadata, name, files);
  const width = shape
    .slice(1)
    .reduce<number>((product, axis) => (isFixed(axis) ? product * axis : Number.NaN), 1);
  if (shape.length >= 2 && Number.isInteger(width)) return width;
  throw modelInvalid(
    `model ${files.key}: expected output ${name} to be [n, a fixed number], came [${shape.join(', ')}]`,
  );
}

function numbersOf(tensor: Tensor | undefined, length: number): ArrayLike<number> {
  const data = tensor?.data;
  if ((data instanceof Float32Array || data instanceof Uint8Array) && data.length === length) return data;
  throw new Error(
    `expected an output of ${length} numbers (float32 or uint8), came ${tensor?.type} [${tensor?.dims.join(', ')}]`,
  );
}

/** An axis may call itself dynamic and not be: a full window must say of each image what a window of one says. */
async function tryOut(classify: Model['classify'], files: ModelFiles, maxImages: number): Promise<number> {
  const { size, elementType } = files.config.input;
  const length = 3 * size * size;
  const one = new (elementType === 'uint8' ? Uint8Array : Float32Array)(length).map(
    (_, index) => (index * 7) % 3,
  );
  const alone = await classify(one, 1).catch((error: unknown) => {
    throw modelInvalid(`model ${files.key}: a trial run failed: ${messageOf(error)}`, error);
  });
  if (maxImages === 1) return 1;
  const many = new (elementType === 'uint8' ? Uint8Array : Float32Array)(length * maxImages);
  for (let index = 0; index < maxImages; index += 1) many.set(one, index * length);
  const together = await classify(many, maxImages).catch(() => null);
  const classes = files.classes.length;
  const agrees = together?.probabilities.every(
    (value, index) => Math.abs(value - (alone.probabilities[index % classes] ?? 0)) < 0.01,
  );
  return agrees ? maxImages : 1;
}
