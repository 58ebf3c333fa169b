// Turns the words of the command line into one call of a verb, and what it throws into a message and an exit code.
import { ImagedexError, messageOf } from '../errors.ts';
import { plainMessage, plainText } from '../plain-text.ts';
import { suggest } from '../suggest.ts';
import { columns } from './columns.ts';
import { exitCodes, type Terminal, type Verb } from './verb.ts';
import { verbs } from './verbs.ts';

export interface Surroundings {
  readonly version: string;
  /** How it was started: `imagedex`, `npx imagedex`. */
  readonly program: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const terminal = guarded(surroundings.terminal);
  try {
    return await run(argv, { ...surroundings, terminal });
  } catch (error) {
    const code = error instanceof ImagedexError ? error.code : 'internal';
    const text = error instanceof ImagedexError || !(error instanceof Error) ? messageOf(error) : error.stack;
    terminal.err(`imagedex: ${plainMessage(String(text))}\n`);
    if (argv.includes('--json'))
      terminal.out(`${JSON.stringify({ error: { code, message: messageOf(error) } })}\n`);
    return code === 'usage' ? exitCodes.usage : exitCodes.error;
  }
}

/** The one way to the terminal, so that no verb can forget it. Addresses, reasons and alt texts are strangers' words. */
const guarded = (terminal: Terminal): Terminal => ({
  ...terminal,
  out: (text) => terminal.out(plainText(text)),
  err: (text) => {
    const own = cursorMove.exec(text)?.[0] ?? '';
    terminal.err(own + plainText(text.slice(own.length)));
  },
});

/** What live lines are taken away with. No other text on standard error begins with a stranger's words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own
const cursorMove = /^(?:\x1b\[\d+A\x1b\[0J|\r\x1b\[K)/;

async function run(
  argv: readonly string[],
  { version, program, cwd, env, terminal, signal }: Surroundings,
): Promise<number> {
  const isHelp = argv[0] === 'help' && argv.length > 1;
  const [name, ...rest] = isHelp ? [...argv.slice(1), '--help'] : argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const text = topHelp(version);
    if (name === undefined) terminal.err(text);
    else terminal.out(text);
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (name === '--version') {
    terminal.out(`${version}\n`);
    return exitCodes.ok;
  }
  const verb = verbNamed(name);
  const [{ loadConfig, optionGroups, optionTable }, { parseCall }, { verbHelp }] = await Promise.all([
    import('../config/config.ts'),
    import('./arguments.ts'),
    import('./help.ts'),
  ]);
  if (rest.includes('--help') || rest.includes('-h')) {
    const all = optionGroups.flatMap(({ options }) => Object.keys(options));
    terminal.out(verbHelp(verb, verb.name === 'config' ? all : verb.options, optionTable));
    return exitCodes.ok;
  }
  const { words, flags, json, options, file } = parseCall(verb, rest, optionTable);
  const config = await loadConfig({ flags: options, env, cwd, ...(file === undefined ? {} : { file }) });
  return verb.run({ words, flags, json, config, cwd, program, terminal, signal });
}

function verbNamed(name: string): Verb {
  const verb = verbs.find((one) => one.name === name);
  if (verb !== undefined) return verb;
  if (name.startsWith('-'))
    throw new ImagedexError('usage', `expected a verb first, such as \`imagedex crawl\`, but got ${name}`);
  const near = suggest(
    name,
    verbs.map((one) => one.name),
  );
  const cure = near === undefined ? '`imagedex --help` lists the verbs' : `did you mean ${near}?`;
  throw new ImagedexError('usage', `there is no verb ${name}; ${cure}`);
}

function topHelp(version: string): string {
  return [
    `imagedex ${version}: finds images, says what is on them, and serves them by label`,
    '',
    'Usage: imagedex VERB [WORDS…] [--flags]',
    '',
    ...columns(verbs.flatMap(helpRows)),
    '',
    '`imagedex VERB --help` explains a verb, `imagedex config --help` lists all options. Begin with:',
    '',
    '  imagedex crawl ~/Pictures',
    '  imagedex serve',
    '',
  ].join('\n');
}

/** What a long call does stands below it. */
function helpRows({ name, words, doc }: Verb): string[][] {
  const call = `  ${name} ${words}`.trimEnd();
  return call.length > 34 ? [[call], ['', doc]] : [[call, doc]];
}
