// Reads the headers and the login that a source is asked with. Their values are secrets: no message says them.
import type { SourceConfig } from '../collections/collection-config.ts';
import { ImagedexError } from '../errors.ts';
import type { SourceId } from '../record.ts';
import type { ConfigEntry } from './config-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Ours to set, or those of the connection itself. */
const reserved: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

const maxValueLength = 8192;
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The secrets that an entry names, by the names of their variables. */
export const variablesIn = (text: string): string[] => [...text.matchAll(variable)].map((match) => match[1]!);

/** `named`: the entries of a source, of which `headers` and `basicAuth` are read. */
export function readHeaders(
  named: ReadonlyMap<string, ConfigEntry>,
  id: SourceId,
  env: Environment,
): Pick<SourceConfig, 'headerNames' | 'headers'> {
  const templates = new Map<string, Template>();
  for (const entry of headerEntries(named.get('headers'))) {
    const name = headerName(entry);
    if (templates.has(name)) throw wrong(entry.where, `header ${name} is named twice: remove one`);
    templates.set(name, { text: textOf(entry), where: entry.where, isLogin: false });
  }
  const login = named.get('basicAuth');
  if (login !== undefined) {
    if (templates.has('authorization'))
      throw wrong(
        login.where,
        'expected basicAuth or the header authorization, but both are there: remove one',
      );
    templates.set('authorization', { text: textOf(login), where: login.where, isLogin: true });
  }
  mustTakeHeaders(id, templates);
  for (const { text, where, isLogin } of templates.values()) {
    if (variablesIn(text).length === 0) checked(text, where, isLogin);
  }
  return {
    headerNames: [...templates.keys()],
    headers: () =>
      Object.fromEntries(
        [...templates].map(([name, { text, where, isLogin }]) => {
          const value = checked(filled(text, where, env), where, isLogin);
          return [name, isLogin ? `Basic ${Buffer.from(value).toString('base64')}` : value];
        }),
      ),
  };
}

interface Template {
  readonly text: string;
  readonly where: string;
  readonly isLogin: boolean;
}

/** Folders and files have nobody to send them to; to S3 the AWS configuration says who asks. */
function mustTakeHeaders(id: SourceId, templates: ReadonlyMap<string, Template>): void {
  const first = [...templates.values()][0];
  const isS3 = id.startsWith('s3:');
  if (first !== undefined && !isS3 && !/^(web|list):https?:\/\//i.test(id))
    throw wrong(first.where, 'headers and basicAuth are for sources with an address, which this is not');
  const login = templates.get('authorization');
  if (isS3 && login !== undefined)
    throw wrong(
      login.where,
      'basicAuth is for web sites and lists: S3 is asked with the credentials of the AWS configuration',
    );
}

function headerEntries(node: ConfigEntry | undefined): readonly ConfigEntry[] {
  if (node === undefined || node.value === null) return [];
  const entries = node.entries();
  if (entries === undefined)
    throw wrong(node.where, 'expected headers with their values, but got something else');
  return entries;
}

function headerName({ name, where }: ConfigEntry): string {
  const lower = name.toLowerCase();
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(lower))
    throw wrong(where, `expected the name of a header, but got ${JSON.stringify(name)}`);
  if (!reserved.has(lower)) return lower;
  const cure = lower === 'user-agent' ? ': `contact` is what it says of you' : '';
  throw wrong(where, `header ${name} cannot be set, as imagedex does so itself${cure}`);
}

function textOf({ value, where, name }: ConfigEntry): string {
  if (typeof value !== 'string' || value === '')
    throw wrong(where, `expected a text for ${name}, in quotes where it is a number, but got something else`);
  if (value.replace(variable, '').includes('${'))
    throw wrong(where, `expected variables in ${name} as \${NAME}, but got something else after \${`);
  return value;
}

/** With the variables' values. */
function filled(text: string, where: string, env: Environment): string {
  return text.replace(variable, (_, name: string) => {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    throw wrong(
      where,
      `expected the variable ${name} in the environment, but it is ${value === '' ? 'empty' : 'not there'}: set it`,
    );
  });
}

function checked(value: string, where: string, isLogin: boolean): string {
  if (value.length > maxValueLength) throw wrong(where, `expected at most ${maxValueLength} characters`);
  if (isLogin) {
    if (/^[^:\p{Cc}]+:\P{Cc}*$/u.test(value)) return value;
    throw wrong(
      where,
      'expected basicAuth as user:password, but there is no colon, nothing before it, or a control character',
    );
  }
  if (/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw wrong(where, 'expected a value of printable ASCII characters, without spaces around it');
}

const wrong = (where: string, message: string): ImagedexError =>
  new ImagedexError('config_invalid', `${where}: ${message}`);
