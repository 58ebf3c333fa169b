// Index templates with a version: made where they are missing, never changed behind somebody's back.
import { ImagedexError } from '../errors.ts';
import { asked } from './asked.ts';
import type { Cluster } from './cluster.ts';

export interface Template {
  /** With the prefix in front: `cluster.name('images')`. */
  readonly name: string;
  /** Raised with every change of `body`. */
  readonly version: number;
  /** `index_patterns`, `priority`, `template` and what else an index template has, without the version. */
  readonly body: { readonly index_patterns: readonly string[] } & Readonly<Record<string, unknown>>;
}

/** Null where there is none. */
export async function templateVersion(cluster: Cluster, name: string): Promise<number | null> {
  const { body, statusCode } = await asked(cluster, (quick) =>
    cluster.client.indices.getIndexTemplate({ name }, { ignore: [404], ...quick }),
  );
  if (statusCode === 404) return null;
  const found = body.index_templates?.find((one) => one.name === name);
  return found === undefined ? null : (found.index_template.version ?? 0);
}

/** Makes a missing one. An older one is left as it is, for `migrate` to change: it throws, and so does a newer one. */
export async function ensureTemplate(cluster: Cluster, template: Template): Promise<void> {
  const { name, version } = template;
  const there = await templateVersion(cluster, name);
  if (there === null) return putTemplate(cluster, template);
  mustBeVersion(`the index template ${name}`, there, version);
}

/** Throws `data_newer`, or what `imagedex store migrate` mends. */
export function mustBeVersion(what: string, there: number, expected: number): void {
  if (there === expected) return;
  const differs = `expected version ${expected} of ${what}, but OpenSearch has version ${there}`;
  if (there > expected)
    throw new ImagedexError('data_newer', `${differs}: it was written by a newer imagedex, use that`);
  throw new ImagedexError('data_unavailable', `${differs}: run \`imagedex store migrate\``);
}

/** Makes it, or takes the place of one of any version. Indices that are there already keep what they have. */
export async function putTemplate(cluster: Cluster, { name, version, body }: Template): Promise<void> {
  await asked(cluster, () =>
    cluster.client.indices.putIndexTemplate({ name, body: { ...body, version } as never }),
  );
}
