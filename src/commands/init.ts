// `imagedex init`: writes a commented configuration from a few questions, or from flags.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OptionName } from '../config/config.ts';
import { configFileNames } from '../config/config-file.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { columns } from './columns.ts';
import { type ConfigAnswers, configText } from './config-text.ts';
import { quoted } from './hint.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const init: Verb = {
  name: 'init',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'writes a commented imagedex.config.yaml after a few questions, or from flags',
  details:
    'What flags do not say is asked, if there is somebody to ask. A configuration that is there already is left alone.\n' +
    'Everything that is not asked stands in the file as a comment.',
  flags: {
    source: {
      type: 'texts',
      value: 'SOURCE',
      doc: 'a folder, web site, s3://bucket/prefix or list; again for more',
    },
    origin: {
      type: 'texts',
      value: 'ORIGIN',
      doc: 'pages of this origin may embed the search; again for more',
    },
    yes: { type: 'boolean', doc: 'asks nothing: what flags do not say is left as it is by default' },
  },
  options: ['collection', 'contact'],
  examples: [
    'imagedex init',
    'imagedex init --yes --collection shop --source list:https://shop.example/products.json --origin https://shop.example',
  ],
  json: '{"file": "/srv/shop/imagedex.config.yaml", "collection": "shop", "sources": ["list:https://shop.example/products.json"]}',
  run: runInit,
};

const fileName = 'imagedex.config.yaml';

async function runInit(call: Call): Promise<number> {
  const { json, terminal, cwd, program } = call;
  const file = resolve(cwd, fileName);
  const there = configFileNames.find((name) => existsSync(resolve(cwd, name)));
  if (there !== undefined) throw exists(resolve(cwd, there));
  const answers = await answersOf(call);
  if (call.signal.aborted) return exitCodes.interrupted;
  const text = configText(answers);
  await mustBeReadable(text, file, cwd);
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file);
    throw new ImagedexError('data_unavailable', `cannot write ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const { collection, sources } = answers;
  terminal.out(
    json
      ? `${JSON.stringify({ file, collection, sources })}\n`
      : [
          `Wrote ${file}.`,
          '',
          ...columns(
            [
              [`  ${program} crawl --dry-run`, 'says what a crawl would fetch'],
              [`  ${program} crawl`, `crawls ${collection}`],
              [
                `  ${program} schedule add ${quoted(collection)} '0 3 * * *'`,
                'crawls it every night while serve runs',
              ],
              [`  ${program} serve`, 'serves the search page and GraphQL'],
            ],
            60,
          ),
          '',
        ].join('\n'),
  );
  return exitCodes.ok;
}

const exists = (file: string): ImagedexError =>
  new ImagedexError('file_exists', `${file} is there already: edit it, or remove it first`);

/** By the reader that every verb will read it with. */
async function mustBeReadable(text: string, file: string, cwd: string): Promise<void> {
  const { loadConfig } = await import('../config/config.ts');
  await asUsage(() => loadConfig({ cwd, file, text }));
}

/** What the configuration would not take is a mistake in what was typed. */
async function asUsage<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ImagedexError)) throw error;
    throw new ImagedexError('usage', `init: ${error.message}`, { cause: error });
  }
}

/** Throws for an answer that the configuration would not take. */
type Check<Answer> = (answer: Answer) => void | Promise<void>;

async function answersOf({ flags, config, cwd, terminal, signal }: Call): Promise<ConfigAnswers> {
  const [{ optionGroups, optionTable }, { checkedValue }, { checkSources, readOrigin }, { sourceIdOf }] =
    await Promise.all([
      import('../config/config.ts'),
      import('../config/config-check.ts'),
      import('../config/config-collections.ts'),
      import('../app/crawl-parts.ts'),
    ]);
  const ask = flags['yes'] === true ? undefined : terminal.ask;
  /** Asks until the answer can be taken; nothing typed is `otherwise`. */
  async function answer<Answer>(
    question: string,
    otherwise: string,
    read: (text: string) => Answer,
    check: Check<Answer>,
  ): Promise<Answer> {
    for (;;) {
      const text = (await ask?.(`${question}${otherwise === '' ? '' : ` [${otherwise}]`}: `))?.trim();
      if (text === undefined || text === '' || signal.aborted) return read(otherwise);
      try {
        const given = read(text);
        await check(given);
        return given;
      } catch (error) {
        if (!(error instanceof ImagedexError)) throw error;
        terminal.err(`${error.message}\n`);
      }
    }
  }
  const option = async (name: 'collection' | 'contact', question: string) =>
    config.origins[name] === 'default'
      ? answer(question, config.values[name], String, (value) => {
          const given = { name, value, where: name, spell: String, fault: 'usage' } as const;
          checkedValue(optionTable, given);
        })
      : config.values[name];
  const listed = async (flag: string, question: string, check: Check<readonly string[]>) => {
    const given = texts(flags[flag]);
    if (given === undefined) return answer(`${question}; several with commas`, '', parts, check);
    await asUsage(() => check(given));
    return given;
  };

  const sources = await listed(
    'source',
    'Where are the pictures? Folders, web sites, s3://bucket/prefix, lists',
    async (given) => {
      checkSources(given, 'source', cwd);
      for (const one of given) await sourceIdOf(one, config);
    },
  );
  if (sources.length === 0 && !signal.aborted) {
    throw new ImagedexError(
      'usage',
      'init: expected where the pictures are; --source SOURCE says it, once for each',
    );
  }
  return {
    sources,
    places: Object.fromEntries(
      [
        'dataDir',
        'store',
        ...optionGroups
          .filter(({ title }) => title === 'OpenSearch' || title === 'Thumbnails')
          .flatMap(({ options }) => Object.keys(options)),
      ]
        .filter((name) => config.origins[name as OptionName] !== 'default')
        .filter((name) => optionTable[name]!.isSecret !== true)
        .map((name) => [name, config.values[name as OptionName]]),
    ),
    collection: await option('collection', 'What is the collection to be called?'),
    contact: await option('contact', 'Your web or mail address, for people whose site is crawled'),
    origins: await listed(
      'origin',
      'Which sites may embed the search, such as https://www.example.org? None is fine',
      (given) => given.forEach((value) => void readOrigin({ value, where: 'origin' })),
    ),
  };
}

const parts = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const texts = (flag: Call['flags'][string] | undefined): readonly string[] | undefined =>
  Array.isArray(flag) ? flag : undefined;
