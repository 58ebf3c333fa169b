// What a model's config.json says, checked strictly, and the digest of its meaning.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ImagedexError } from '../errors.ts';
import type { ModelClass, ModelInput } from './model.ts';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const spread = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);

const inputSchema = z.strictObject({
  name: z.string().min(1),
  elementType: z.enum(['float32', 'uint8']),
  layout: z.enum(['NCHW', 'NHWC']),
  channels: z.enum(['RGB', 'BGR']),
  size: z.int().min(8).max(2048),
  mean: triple,
  std: spread,
  resize: z.enum(['shortSide', 'cropThenResize', 'stretch']),
  resizeTo: z.int().min(8).max(4096),
  kernel: z.enum(['nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3']),
}) satisfies z.ZodType<ModelInput>;

const isVersion = (name: string): boolean => /^[1-9]\d*$/.test(name);

const outputSchema = z.strictObject({
  name: z.string().min(1),
  /** `softmax`: the model gives probabilities already. */
  activation: z.enum(['logits', 'softmax']),
  /** What the raw output is multiplied by: 1/256 for probabilities in uint8. */
  scale: z.number().positive().default(1),
  /** Logits are divided by it before softmax. */
  temperature: z.number().positive().default(1),
  /** Index of a class that means none of the others; it has no line in the labels file. */
  backgroundIndex: z.int().min(0).nullable().default(null),
});

const configSchema = z.strictObject({
  description: z.string().optional(),
  licence: z.string().min(1),
  origin: z.string().min(1),
  labels: z
    .string()
    .regex(/^[\w.-]+$/, 'expected a file name in the model folder')
    .default('labels.txt'),
  input: inputSchema.refine((input) => input.resizeTo >= input.size, {
    error: 'resizeTo must be at least size',
    path: ['resizeTo'],
  }),
  output: outputSchema,
  /** Name of the embedding output. */
  embedding: z.string().min(1).nullable().default(null),
  versions: z
    .record(
      z.string(),
      z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().positive() }),
    )
    .refine((versions) => Object.keys(versions).length > 0 && Object.keys(versions).every(isVersion), {
      error: 'expected at least one version, each a whole number',
    }),
});

export type ModelConfig = z.output<typeof configSchema>;

export const modelInvalid = (message: string, cause?: unknown): ImagedexError =>
  new ImagedexError('model_invalid', message, cause === undefined ? undefined : { cause });

export function parseModelConfig(text: string, file: string): ModelConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw modelInvalid(
      `${file} is not JSON (${error instanceof Error ? error.message : error}); mend the file`,
      error,
    );
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw modelInvalid(
    `${file} is no model config:
${z.prettifyError(parsed.error)}
That of the bundled model shows all fields.`,
  );
}

/** One class a line: concept id, TAB, name. */
export function parseLabels(text: string, file: string): readonly ModelClass[] {
  const lines = text.replace(/\n$/, '').split(/\r?\n/);
  return lines.map((line, index) => {
    const [id, name] = line.split('\t');
    if (!id || !name)
      throw modelInvalid(
        `${file}, line ${index + 1}: expected concept id, TAB, name; came ${JSON.stringify(line)}`,
      );
    return { id, name };
  });
}

/** Of what changes the scores: licence, origin and descriptions do not. */
export function configDigest(config: ModelConfig, version: string, classes: readonly ModelClass[]): string {
  const { input, output, embedding } = config;
  const meaning = {
    input,
    output,
    embedding,
    sha256: config.versions[version]?.sha256,
    classes: classes.map(({ id }) => id),
  };
  return createHash('sha256').update(canonical(meaning)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(',')}}`;
}
