// The rules of a robots.txt for one user agent, after RFC 9309, lenient where Google's parser is.

export interface RobotsRules {
  /** `path` with its query, percent-encoded as it is sent. */
  allows(path: string): boolean;
  readonly crawlDelaySeconds: number | null;
  /** Addresses of sitemaps as they are written, whoever they are for. */
  readonly sitemaps: readonly string[];
}

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
  /** The longest pattern that matches wins. */
  readonly weight: number;
}

interface Group {
  readonly rules: Rule[];
  crawlDelaySeconds: number | null;
}

type LineName = 'agent' | 'allow' | 'disallow' | 'delay' | 'sitemap';

const maxLineBytes = 16_664;
/** Of one group: more would take long to compare, for every address. */
const maxWithStars = 2000;
const maxSitemaps = 100;
const maxSitemapLength = 2048;
const names: readonly (readonly [RegExp, LineName])[] = [
  [/^user[- ]?agent/i, 'agent'],
  [/^(disallow|dissallow|dissalow|disalow|diasllow|disallaw)/i, 'disallow'],
  [/^allow/i, 'allow'],
  [/^crawl-?delay/i, 'delay'],
  [/^site-?map/i, 'sitemap'],
];

export function parseRobots(content: Uint8Array, agent: string): RobotsRules {
  const own: Group = { rules: [], crawlDelaySeconds: null };
  const common: Group = { rules: [], crawlDelaySeconds: null };
  const sitemaps: string[] = [];
  let isNamed = false;
  /** The groups that the user agent lines read last belong to. */
  let open = new Set<Group>();
  let hasRules = false;
  for (const { name, value } of lines(content)) {
    if (name === 'agent') {
      if (hasRules) open = new Set();
      hasRules = false;
      if (/^\*(\s|$)/.test(value)) open.add(common);
      else if (/^[a-z_-]*/i.exec(value)?.[0].toLowerCase() === agent.toLowerCase()) {
        open.add(own);
        isNamed = true;
      }
    } else if (name === 'delay') {
      const seconds = Number(value);
      if (value !== '' && seconds >= 0) for (const group of open) group.crawlDelaySeconds ??= seconds;
    } else if (name === 'sitemap') {
      if (value.length <= maxSitemapLength && sitemaps.length < maxSitemaps) sitemaps.push(value);
    } else if (open.size > 0) {
      hasRules = true;
      for (const group of open) group.rules.push(...rules(name === 'allow', value));
    }
  }
  const group = isNamed ? own : common;
  const groupRules = boundedRules(group.rules);
  return {
    crawlDelaySeconds: group.crawlDelaySeconds,
    sitemaps,
    // As in Google's matcher, a named group without any rule that applies leaves it at allowed.
    allows: (path) => allows(groupRules, path),
  };
}

/** Of those with stars that are too many, what is forbidden is so from the first star on, and nothing is allowed. */
function boundedRules(all: readonly Rule[]): readonly Rule[] {
  let stars = 0;
  return all.flatMap((rule) => {
    const star = rule.pattern.indexOf('*');
    if (star === -1 || ++stars <= maxWithStars) return [rule];
    return rule.allow ? [] : [{ ...rule, pattern: rule.pattern.slice(0, star) }];
  });
}

function allows(group: readonly Rule[], path: string): boolean {
  let best: Rule | undefined;
  for (const rule of group) {
    const isStronger =
      best === undefined || rule.weight > best.weight || (rule.weight === best.weight && rule.allow);
    if (isStronger && ruleMatches(rule, path)) best = rule;
  }
  return best?.allow ?? true;
}

/** What is forbidden is so in every spelling (`%7E` and `~`); what is allowed, only as it is written. */
function ruleMatches({ allow, pattern }: Rule, path: string): boolean {
  if (matches(path, pattern)) return true;
  return !allow && /%/.test(pattern + path) && matches(plain(path), plain(pattern));
}

const plain = (path: string): string =>
  path.replace(/%([2-7][0-9a-f])/gi, (code, hex: string) => {
    const letter = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(letter) ? letter : code;
  });

/** `*` is any number of characters, `$` at the end is the end of the path. Takes time of path × pattern at most. */
function matches(path: string, pattern: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const parts = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const first = parts[0] as string;
  if (!path.startsWith(first)) return false;
  if (parts.length === 1) return !isAnchored || path.length === first.length;
  let at = first.length;
  const last = isAnchored ? (parts.pop() as string) : '';
  for (const part of parts.slice(1)) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}

function rules(allow: boolean, value: string): Rule[] {
  if (value === '') return [];
  const pattern = escaped(value);
  const rule = { allow, pattern, weight: pattern.length };
  // Who allows /folder/index.html means /folder/ too.
  const folder = allow && /^(.*\/)index\.htm[^/]*$/.exec(pattern)?.[1];
  if (!folder) return [rule];
  return [rule, { allow, pattern: `${folder}$`, weight: folder.length + 1 }];
}

/** Bytes outside ASCII percent-encoded, escapes in upper case. The value comes as Latin-1: a character is a byte. */
const escaped = (value: string): string =>
  value
    .replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase())
    .replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

interface Line {
  readonly name: LineName;
  readonly value: string;
}

function* lines(content: Uint8Array): Generator<Line> {
  // As bytes: a robots.txt may be of any encoding, and its rules are compared byte by byte.
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  for (const line of text.replace(/^\xef(\xbb\xbf?)?/, '').split(/[\r\n]/)) {
    const [key, value] = parts(line.slice(0, maxLineBytes).replace(/#.*$/s, '').trim());
    const name = names.find(([pattern]) => pattern.test(key))?.[1];
    if (name !== undefined) yield { name, value };
  }
}

/** Before and after the colon; it may be missing where there are only two words. */
function parts(bare: string): readonly [key: string, value: string] {
  const colon = bare.indexOf(':');
  if (colon >= 0) return [bare.slice(0, colon).trimEnd(), bare.slice(colon + 1).trimStart()];
  const [key = '', value = '', more] = bare.split(/\s+/, 3);
  return more === undefined ? [key, value] : ['', ''];
}
