// The model repository: folders of models/<name>/config.json, labels.txt and <version>/model.onnx.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelClass } from './model.ts';
import {
  configDigest,
  type ModelConfig,
  modelInvalid,
  parseLabels,
  parseModelConfig,
} from './model-config.ts';

/** The bundled part of the repository; models of a data directory win by name. */
export const bundledModels = fileURLToPath(new URL('../../models/', import.meta.url));

export interface ModelFiles {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly config: ModelConfig;
  readonly classes: readonly ModelClass[];
  readonly configDigest: string;
  /** name@version#digest */
  readonly key: string;
}

export interface ModelListing {
  readonly name: string;
  readonly folder: string;
  /** Newest first. */
  readonly versions: readonly string[];
  readonly classes: number;
  readonly licence: string;
  readonly origin: string;
  /** What is wrong with it, where it cannot be read. */
  readonly problem?: string;
}

/** All models of the given folders, by name; a later folder wins. */
export async function listModels(roots: readonly string[]): Promise<readonly ModelListing[]> {
  const folders = await modelFolders(roots);
  const listings = [...folders].map(async ([name, folder]): Promise<ModelListing> => {
    try {
      const { config, classes } = await readModel(folder);
      const { licence, origin } = config;
      return { name, folder, versions: versionsOf(config), classes: classes.length, licence, origin };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { name, folder, versions: [], classes: 0, licence: '', origin: '', problem };
    }
  });
  return Promise.all(listings);
}

/** `wanted`: a name (its newest version is taken) or name@version. */
export async function findModel(roots: readonly string[], wanted: string): Promise<ModelFiles> {
  const [name = '', asked] = wanted.split('@');
  const folders = await modelFolders(roots);
  const folder = folders.get(name);
  if (folder === undefined) {
    throw modelInvalid(
      `no model ${name}; there are ${[...folders.keys()].join(', ') || 'none'} (searched ${roots.join(', ')})`,
    );
  }
  const { config, classes } = await readModel(folder);
  const version = asked ?? versionsOf(config)[0] ?? '';
  if (!(version in config.versions)) {
    throw modelInvalid(
      `no version ${version} of model ${name}; its config.json lists ${versionsOf(config).join(', ')}`,
    );
  }
  const digest = configDigest(config, version, classes);
  return {
    name,
    version,
    folder,
    config,
    classes,
    configDigest: digest,
    key: `${name}@${version}#${digest.slice(0, 16)}`,
  };
}

/** The ONNX file's bytes, after its size and digest have been found as the config says. */
export async function readModelFile(model: ModelFiles): Promise<Uint8Array> {
  const path = join(model.folder, model.version, 'model.onnx');
  const content = await readFile(path).catch((error: unknown) => {
    throw modelInvalid(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, error);
  });
  const expected = model.config.versions[model.version];
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (content.length !== expected?.bytes || sha256 !== expected.sha256) {
    throw modelInvalid(
      `${path}: expected ${expected?.bytes} bytes with SHA-256 ${expected?.sha256}, came ${content.length} bytes with ` +
        `${sha256}; put the right file there, or write its size and digest into config.json`,
    );
  }
  return content;
}

async function modelFolders(roots: readonly string[]): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const root of roots) {
    const entries = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw modelInvalid(`the model folder ${root} cannot be read: ${error.message}`, error);
    });
    for (const entry of entries) {
      if (!entry.name.startsWith('.') && !entry.isFile()) folders.set(entry.name, join(root, entry.name));
    }
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readModel(folder: string): Promise<{ config: ModelConfig; classes: readonly ModelClass[] }> {
  const read = (file: string): Promise<string> =>
    readFile(file, 'utf8').catch((error: unknown) => {
      throw modelInvalid(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, error);
    });
  const configFile = join(folder, 'config.json');
  const config = parseModelConfig(await read(configFile), configFile);
  const labelsFile = join(folder, config.labels);
  return { config, classes: parseLabels(await read(labelsFile), labelsFile) };
}

const versionsOf = (config: ModelConfig): readonly string[] =>
  Object.keys(config.versions).sort((a, b) => Number(b) - Number(a));
