// Paths into an entry of a list: `a.b`, `a[0].b`, and `images[].src`, which leads to one value for each element.

type Step = { readonly key: string } | { readonly index: number } | 'each';

export interface ListPath {
  /** As it was written: the name of a column may look like a path. */
  readonly text: string;
  readonly steps: readonly Step[];
}

export interface PathHit {
  readonly value: unknown;
  /** Which element was taken at each `[]`. */
  readonly trail: readonly number[];
}

const token = /\.?([^.[\]]+)|\[(\d*)\]/y;

/** What is no path is a name: that of a column may be anything. */
export function readPath(text: string): ListPath {
  const steps: Step[] = [];
  const body = text.replace(/^\$\.?/, '');
  token.lastIndex = 0;
  while (token.lastIndex < body.length) {
    const found = token.exec(body);
    if (found === null) return { text, steps: [{ key: text }] };
    const [, key, index] = found;
    steps.push(key !== undefined ? { key } : index === '' ? 'each' : { index: Number(index) });
  }
  return { text, steps };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key is an element's number, too: `images.0.src`. */
function at(value: unknown, step: Exclude<Step, 'each'>): unknown {
  const key = 'key' in step ? step.key : String(step.index);
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Everything the path leads to; an array at its end is all its elements. */
export const hitsAt = (entry: unknown, path: ListPath): PathHit[] => follow(entry, path).flatMap(spread);

/** The value at its end as it is; where it goes through all elements, an array of what they have. */
export function valueAt(entry: unknown, path: ListPath): unknown {
  const hits = follow(entry, path);
  return path.steps.includes('each') ? hits.map(({ value }) => value) : hits[0]?.value;
}

function follow(entry: unknown, { text, steps }: ListPath): PathHit[] {
  if (isObject(entry) && Object.hasOwn(entry, text)) return [{ value: entry[text], trail: [] }];
  let hits: PathHit[] = [{ value: entry, trail: [] }];
  for (const step of steps) {
    hits = hits.flatMap(({ value, trail }) => {
      if (step !== 'each') return [{ value: at(value, step), trail }];
      return Array.isArray(value)
        ? value.map((one, index) => ({ value: one, trail: [...trail, index] }))
        : [];
    });
  }
  return hits;
}

const spread = ({ value, trail }: PathHit): PathHit[] =>
  Array.isArray(value) ? value.map((one) => ({ value: one, trail })) : [{ value, trail }];

/**
 * What lies beside a hit of another path: as far as both go the same way, the hit's own elements are taken; beyond that
 * the first element that has something.
 */
export function valueBeside(entry: unknown, path: ListPath, of: ListPath, trail: readonly number[]): unknown {
  if (isObject(entry) && Object.hasOwn(entry, path.text)) return entry[path.text];
  const own = [...trail];
  let value: unknown = entry;
  let isSame = true;
  for (const [index, step] of path.steps.entries()) {
    isSame &&= JSON.stringify(step) === JSON.stringify(of.steps[index]);
    if (step !== 'each') value = at(value, step);
    else if (isSame && own.length > 0) value = Array.isArray(value) ? value[own.shift()!] : undefined;
    else return firstOf(value, { text: '', steps: path.steps.slice(index) });
  }
  return value;
}

const firstOf = (value: unknown, path: ListPath): unknown =>
  hitsAt(value, path).find((hit) => hit.value !== undefined && hit.value !== null && hit.value !== '')?.value;

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/**
 * A usual name as this entry spells it: `image_url` is `imageUrl`, `Image URL` or `image-url` elsewhere, and a column
 * `Image Src` is `image.src`. undefined where the entry has nothing of that name that `isWanted`.
 */
export function spelledIn(
  entry: unknown,
  usual: ListPath,
  isWanted: (value: unknown) => boolean,
): ListPath | undefined {
  if (isObject(entry)) {
    const column = Object.keys(entry).find((key) => plain(key) === plain(usual.text) && isWanted(entry[key]));
    if (column !== undefined) return { text: column, steps: [{ key: column }] };
  }
  const steps: Step[] = [];
  let values: readonly unknown[] = [entry];
  for (const step of usual.steps) {
    if (step === 'each') {
      steps.push(step);
      values = values.flatMap((value) => (Array.isArray(value) ? value : []));
    } else {
      const key = keyIn(values, step);
      if (key === undefined) return undefined;
      steps.push({ key });
      values = values.map((value) => at(value, { key }));
    }
  }
  return values.some(isWanted) ? { text: textOf(steps), steps } : undefined;
}

function keyIn(values: readonly unknown[], step: Exclude<Step, 'each'>): string | undefined {
  const wanted = plain('key' in step ? step.key : String(step.index));
  for (const value of values) {
    const key = isObject(value) ? Object.keys(value).find((one) => plain(one) === wanted) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

const textOf = (steps: readonly Step[]): string =>
  steps
    .map((step) => (step === 'each' ? '[]' : 'key' in step ? `.${step.key}` : `[${step.index}]`))
    .join('')
    .replace(/^\./, '');
