// Real classifiers that lie beside the checkout, put together as a data directory's models folder.
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedPath } from './shared.ts';

export const realModels = ['efficientnet-lite0', 'efficientnet-lite0-int8', 'mobilenet-v2'] as const;

export interface ModelsFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** null where they are absent. */
export async function realModelsFolder(): Promise<ModelsFolder | null> {
  const models = sharedPath('models');
  if (models === null) return null;
  const path = await mkdtemp(join(tmpdir(), 'imagedex-models-'));
  for (const name of realModels) {
    const [folder, isMobilenet] = [join(path, name), name === 'mobilenet-v2'];
    await mkdir(join(folder, '1'), { recursive: true });
    const config = fileURLToPath(new URL(`./fixtures/models/${name}.json`, import.meta.url));
    await copyFile(config, join(folder, 'config.json'));
    const onnx = isMobilenet ? 'mobilenet_v2_1.0_224.onnx' : join(name, '1', 'model.onnx');
    await symlink(join(models, onnx), join(folder, '1', 'model.onnx'));
    const labels = await readFile(join(models, 'efficientnet-lite0', 'labels.txt'), 'utf8');
    await writeFile(join(folder, 'labels.txt'), isMobilenet ? await withIds(models, labels) : labels);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The MobileNet's labels are names only, background first: the ids come from a list of the same names. */
async function withIds(models: string, known: string): Promise<string> {
  const all = known
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const names = (await readFile(join(models, 'mobilenet_v2_1.0_224.labels.txt'), 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(1);
  const left = [...all];
  return names
    .map((name) => {
      // The first that is left: two cranes and two maillots have one name each.
      const at = left.findIndex(([, other]) => other === name);
      if (at === -1) throw new Error(`no id for ${name}`);
      return `${left.splice(at, 1)[0]?.[0]}\t${name}\n`;
    })
    .join('');
}
