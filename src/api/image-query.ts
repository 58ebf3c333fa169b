// Arguments of images() → a query of the image index: names to concepts, bounds checked, nothing silently cut.
import type {
  DateRange,
  ImageFilter,
  ImageQuery,
  LabelCondition,
  Order,
  Range,
} from '../indexer/image-index.ts';
import { confidenceOf, decodeCursor, textUnits } from '../indexer/query.ts';
import type { Format } from '../record.ts';
import { suggest } from '../suggest.ts';
import { tokens } from '../text.ts';
import { badInput, within } from './api-errors.ts';
import { collectionLabels, type LabelCount } from './collection-resolvers.ts';
import { searchableCollection } from './collections.ts';
import type { ApiContext } from './context.ts';

type Given<T> = { readonly [K in keyof T]?: T[K] | null };

interface LabelInput {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly minConfidence?: number | null;
}
type LabelsInput = Given<Record<'allOf' | 'anyOf' | 'noneOf', readonly LabelInput[]>>;
interface FilterInput
  extends Given<{
    labels: LabelsInput;
    text: string;
    minConfidence: number;
    formats: readonly Format[];
    hosts: readonly string[];
    width: Given<Range>;
    height: Given<Range>;
    sizeBytes: Given<Range>;
    fetchedAt: Given<DateRange>;
  }> {}

export interface ImagesArguments {
  readonly collection: string;
  readonly filter?: FilterInput | null;
  readonly orderBy?: Order | null;
  readonly first: number;
  readonly after?: string | null;
}

export async function imageQuery(args: ImagesArguments, context: ApiContext): Promise<ImageQuery> {
  const first = within('first', args.first, 1, 100);
  const collection = await searchableCollection(context, args.collection);
  const filter = await imageFilter(args.filter ?? {}, collection, context);
  const query = {
    collection,
    filter,
    orderBy: args.orderBy ?? defaultOrder(filter),
    first,
    ...given('minConfidence', confidence(args.filter?.minConfidence)),
  };
  return args.after ? { ...query, after: decodeCursor(query, args.after) } : query;
}

function defaultOrder({ text, labels }: ImageFilter): Order {
  const hasLabels = (labels?.allOf?.length ?? 0) + (labels?.anyOf?.length ?? 0) > 0;
  return { field: text ? 'RELEVANCE' : hasLabels ? 'CONFIDENCE' : 'DATE', direction: 'DESC' };
}

async function imageFilter(
  input: FilterInput,
  collection: string,
  context: ApiContext,
): Promise<ImageFilter> {
  const words = input.text?.trim() ?? '';
  within('The length of text', words.length, 0, 200);
  within('The length of hosts', input.hosts?.length ?? 0, 0, 100);
  const units = words === '' ? [] : textUnits(words, context.parts.taxonomy);
  // Nothing but signs was asked for: that is on no picture, rather than on all.
  const found = words !== '' && units.length === 0 ? [{ concepts: [], tokens: [] }] : units;
  // Names of files are not shown to pages of other origins: they must not be found out by searching for them, either.
  const text =
    context.access.kind === 'full' ? found : found.map((unit) => ({ ...unit, onWeb: true as const }));
  return {
    ...given('labels', await labelsFilter(input, collection, context)),
    ...given('text', text.length === 0 ? undefined : text),
    ...given('formats', input.formats ?? undefined),
    ...given('hosts', input.hosts ?? undefined),
    ...given('width', range(input.width)),
    ...given('height', range(input.height)),
    ...given('sizeBytes', range(input.sizeBytes)),
    ...given('fetchedAt', range(input.fetchedAt)),
  };
}

/** A property, or none: `undefined` itself is no value for the index. */
const given = <N extends string, V>(name: N, value: V | undefined): { [K in N]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [K in N]?: V });

const range = <V>(ends: { readonly [end: string]: V | null | undefined } | null | undefined) => {
  if (!ends) return undefined;
  const set = Object.entries(ends).filter(([, value]) => value !== null && value !== undefined);
  return set.length === 0 ? undefined : (Object.fromEntries(set) as { [end: string]: V });
};

const confidence = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' ? confidenceOf(within('minConfidence', value, 0, 1)) : undefined;

async function labelsFilter(
  { labels, minConfidence }: FilterInput,
  collection: string,
  context: ApiContext,
): Promise<ImageFilter['labels']> {
  if (!labels) return undefined;
  const conditions = async (part: 'allOf' | 'anyOf' | 'noneOf') => {
    const inputs = labels[part];
    if (!inputs || inputs.length === 0) return {};
    within(`The length of ${part}`, inputs.length, 0, 50);
    return { [part]: await Promise.all(inputs.map((input) => condition(input))) };
  };
  const condition = async (input: LabelInput): Promise<LabelCondition> => ({
    concept: await conceptOf(input, collection, context),
    ...given('minConfidence', confidence(input.minConfidence ?? minConfidence)),
  });
  return { ...(await conditions('allOf')), ...(await conditions('anyOf')), ...(await conditions('noneOf')) };
}

async function conceptOf({ id, name }: LabelInput, collection: string, context: ApiContext): Promise<string> {
  if ((id ?? '') !== '' && (name ?? '') !== '')
    throw badInput('A label is given by its id or by its name, not by both.');
  if (id) return id;
  if (!name) throw badInput('A label is given by its id or by its name: one of them is needed.');
  return conceptNamed(name, collection, context);
}

/** Of the concepts with that name the one on most images: people who search "crane" mean what is there. */
async function conceptNamed(name: string, collection: string, context: ApiContext): Promise<string> {
  const { taxonomy } = context.parts;
  const concepts = taxonomy.resolve(tokens(name));
  const labels = await collectionLabels(context, collection);
  const isMeant = ({ label }: LabelCount) => concepts.includes(label.id) || label.name === name;
  const concept = labels.find(isMeant)?.label.id ?? concepts[0];
  if (concept !== undefined) return concept;
  const known = [
    ...labels.flatMap(({ label }) => label.names),
    ...taxonomy.withPrefix(name.slice(0, 2)).flatMap(({ names }) => names),
  ];
  const near = suggest(name, known);
  throw badInput(
    `There is no label ${JSON.stringify(name)}.${near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
  );
}
