// `imagedex config`: what is in force and where each value came from.
import type { Option } from '../options.ts';
import { columns } from './columns.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const config: Verb = {
  name: 'config',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'prints every option that is in force and where its value came from, and the configured collections',
  details:
    'Options come from imagedex.config.json or imagedex.config.yaml in the folder where imagedex is started, then\n' +
    'from the environment (IMAGEDEX_DATA_DIR), then from flags (--data-dir). The later wins.',
  flags: {},
  options: [],
  examples: ['imagedex config', 'IMAGEDEX_PORT=8080 imagedex config --json'],
  json:
    '{"port": {"value": 8080, "origin": "IMAGEDEX_PORT"}, "dataDir": {"value": "/home/ada/.imagedex", "origin": "default"},\n' +
    ' "collections": [{"name": "shop", "origin": "imagedex.config.yaml:3", "sources": [{"id": "web:https://shop.example/",\n' +
    ' "settings": {"maxPages": 500}, "headers": {"authorization": "(hidden)"}}], "maxImages": null, "origins": [],\n' +
    ' "retention": {"maxAgeDays": null, "maxBytes": null}}]}',
  run: printConfig,
};

async function printConfig({ config, json, terminal }: Call): Promise<number> {
  const [{ optionGroups }, { valueText, withoutUserInfo }, { collectionJson, collectionRows }] =
    await Promise.all([
      import('../config/config.ts'),
      import('../option-words.ts'),
      import('./collection-text.ts'),
    ]);
  // As JSON, so that addresses within lists are masked, too.
  const masked = (value: unknown): unknown => JSON.parse(withoutUserInfo(JSON.stringify(value)));
  const shown = (name: string, option: Option) => {
    const value = (config.values as Readonly<Record<string, unknown>>)[name];
    const origin = (config.origins as Readonly<Record<string, string>>)[name]!;
    return {
      name,
      origin,
      value: option.isSecret === true ? '(hidden)' : masked(value),
      text: valueText(option, value),
    };
  };
  const groups = optionGroups.map(({ title, options }) => ({
    title,
    rows: Object.entries(options).map(([name, option]) => shown(name, option)),
  }));
  if (json) {
    const all = groups.flatMap(({ rows }) => rows);
    const options = Object.fromEntries(all.map(({ name, value, origin }) => [name, { value, origin }]));
    const collections = [...config.collections.values()].map((one) => collectionJson(one, config.values));
    terminal.out(`${JSON.stringify({ ...options, collections })}\n`);
    return exitCodes.ok;
  }
  const lines = columns([
    ...groups.flatMap(({ rows }) => rows.map(({ name, text, origin }) => [name, text, origin])),
    ...[...config.collections.values()].flatMap((one) => collectionRows(one, config.values)),
  ]);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
