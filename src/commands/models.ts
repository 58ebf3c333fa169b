// `imagedex models`: what the model repository holds, and which of it is in use.
import { ImagedexError } from '../errors.ts';
import { columns } from './columns.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const models: Verb = {
  name: 'models',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'lists the models that can describe images',
  details:
    'A model is a folder with config.json, labels.txt and VERSION/model.onnx. Those in the folder `models` of the data\n' +
    'directory come beside the bundled ones and win where names are equal.',
  flags: {},
  options: ['model', 'dataDir'],
  examples: ['imagedex models'],
  json: '[{"name": "resnet18d-64", "versions": ["1"], "classes": 200, "licence": "…", "folder": "…", "inUse": "1"}]',
  run: runModels,
};

async function runModels({ config, json, terminal }: Call): Promise<number> {
  const { listRepository } = await import('../app/classify-all.ts');
  const [inUse, inUseVersion] = config.values.model.split('@');
  const listings = (await listRepository(config)).map((model) => ({
    ...model,
    inUse: model.name === inUse ? (inUseVersion ?? model.versions[0] ?? null) : null,
  }));
  mustBeThere(config.values.model, listings);
  if (json) {
    terminal.out(`${JSON.stringify(listings)}\n`);
    return exitCodes.ok;
  }
  const rows = listings.map(({ name, versions, classes, licence, folder, problem, inUse: used }) => [
    used === null ? ' ' : '*',
    name,
    problem === undefined ? `versions ${versions.join(', ')}` : 'unusable',
    problem ?? `${classes} classes`,
    licence,
    folder,
  ]);
  terminal.out(`${[...columns(rows), '', '* is in use (option model)'].join('\n')}\n`);
  return exitCodes.ok;
}

function mustBeThere(
  wanted: string,
  listings: readonly {
    readonly name: string;
    readonly versions: readonly string[];
    readonly problem?: string;
  }[],
): void {
  const [name, version] = wanted.split('@');
  const model = listings.find((one) => one.name === name);
  if (model === undefined) {
    const names = listings.map((one) => one.name).join(', ');
    throw new ImagedexError('model_invalid', `there is no model ${name}; there are ${names}`);
  }
  if (version === undefined || model.problem !== undefined || model.versions.includes(version)) return;
  throw new ImagedexError(
    'model_invalid',
    `there is no version ${version} of model ${name}; there are ${model.versions.join(', ')}`,
  );
}
