// Asks the GraphQL API of the server that this module came from. The documents here are all that the element ever sends.
import type { View } from './address.ts';
import type { Words } from './strings.ts';

export interface LabelName {
  readonly id: string;
  readonly name: string;
}
export interface ImageLabel {
  readonly confidence: number;
  readonly isMostSpecific: boolean;
  readonly label: LabelName & { readonly path?: readonly LabelName[] };
}
export interface Tile {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly thumbnail: string;
  readonly url: string | null;
  /** The page that shows it. */
  readonly pageUrl: string | null;
  readonly alt: string | null;
  readonly caption: string | null;
  readonly labels: readonly ImageLabel[];
}
export interface Edge {
  readonly matchedLabels: readonly ImageLabel[];
  readonly node: Tile;
}
export interface LabelCount {
  readonly count: number;
  readonly label: LabelName & { readonly path?: readonly LabelName[] };
}
export interface Facets {
  readonly labels: readonly LabelCount[];
  readonly formats: readonly { readonly format: string; readonly count: number }[];
  readonly hosts: readonly { readonly host: string; readonly count: number }[];
}
export interface Found {
  readonly totalCount: { readonly value: number; readonly relation: 'EQ' | 'GTE' };
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly facets?: Facets;
  readonly edges: readonly Edge[];
}
export interface Appearance {
  readonly pageUrl: string;
  readonly alt: string | null;
  readonly caption: string | null;
  readonly heading: string | null;
  readonly title: string | null;
  readonly credit: string | null;
  readonly licence: string | null;
}
/** Another file of it. */
export interface OtherSize {
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  readonly format: string;
}
export interface Picture extends Tile {
  readonly sha256: string;
  readonly format: string;
  readonly sizeBytes: number;
  readonly model: string;
  readonly takenAt: string | null;
  readonly camera: string | null;
  readonly fetchedAt: string;
  readonly appearanceCount: number;
  readonly appearances: readonly Appearance[];
  readonly locations: readonly { readonly url: string }[];
  readonly folded: { readonly nodes: readonly OtherSize[]; readonly totalCount: number };
  readonly variants: readonly { readonly url: string; readonly width: number | null }[];
  readonly labels: readonly (ImageLabel & {
    readonly isAccepted: boolean;
    readonly label: LabelName & { readonly path: readonly LabelName[] };
  })[];
}

/** `refused`: not from this page. `busy`: asked too often. */
export type Trouble = 'refused' | 'busy' | 'offline' | 'failed';

export class AskError extends Error {
  readonly trouble: Trouble;
  /** For `busy`. */
  readonly waitSeconds: number;
  /** `message` is what the server says, if it does. */
  constructor(trouble: Trouble, message = '', waitSeconds = 0) {
    super(message);
    this.trouble = trouble;
    this.waitSeconds = waitSeconds;
  }
}

const server = new URL('.', import.meta.url);
/** On the server's own page. */
export const isAtHome = server.origin === location.origin;
/** Asked by CORS, so that the server is told whose page it is. */
export const thumbnailOf = (path: string) => ({
  src: new URL(path.replace(/^\//, ''), server).href,
  crossorigin: 'anonymous',
});
const endpoint = new URL('graphql', server);

async function ask<T>(query: string, variables: object, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables }),
      credentials: 'omit',
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new AskError((await isRefused()) ? 'refused' : 'offline');
  }
  const answer = (await response.json().catch(() => null)) as {
    readonly data?: T | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions?: { readonly code?: string };
    }[];
  } | null;
  const [error] = answer?.errors ?? [];
  if (response.status === 429)
    throw new AskError('busy', error?.message, Number(response.headers.get('retry-after')) || 1);
  if (error?.extensions?.code === 'FORBIDDEN' || response.status === 403)
    throw new AskError('refused', error?.message);
  // Visitors of other pages know of no store.
  if (error?.extensions?.code === 'STORE_UNAVAILABLE' && !isAtHome) throw new AskError('offline');
  if (error !== undefined) throw new AskError('failed', error.message);
  if (!answer?.data) throw new AskError('failed', `HTTP ${response.status}`);
  return answer.data;
}

/** A browser says no more of a refused request than of a broken one; of a simple one, the refusal can be read. */
const isRefused = (): Promise<boolean> =>
  fetch(endpoint, { credentials: 'omit', cache: 'no-store' }).then(
    ({ status }) => status === 403,
    () => false,
  );

const imageLabel = 'confidence isMostSpecific label { id name }';

export const search = async (
  collection: string,
  view: View,
  after: string | null,
  signal: AbortSignal,
): Promise<Found> => {
  const query = `query Search($collection: String!, $filter: ImageFilter, $orderBy: ImageOrder, $first: Int!, $after: String, $isFirst: Boolean!, $least: Float, $isSure: Boolean!) {
  images(collection: $collection, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount { value relation }
    pageInfo { hasNextPage endCursor }
    facets(first: 60) @include(if: $isFirst) {
      labels { count label { id name } }
      formats { format count }
      hosts { host count }
    }
    edges {
      matchedLabels { ${imageLabel} }
      node { id width height thumbnail url pageUrl alt caption labels(minConfidence: $least) {
        confidence isMostSpecific label { id name path @include(if: $isSure) { id name } }
      } }
    }
  }
}`;
  const filter = {
    ...(view.words.trim() === '' ? {} : { text: view.words }),
    ...(view.labels.length === 0 ? {} : { labels: { allOf: view.labels.map((id) => ({ id })) } }),
    ...(view.formats.length === 0 ? {} : { formats: view.formats }),
    ...(view.hosts.length === 0 ? {} : { hosts: view.hosts }),
    ...(view.sure === 0 ? {} : { minConfidence: view.sure / 100 }),
  };
  const least = view.sure === 0 ? null : view.sure / 100;
  const orderBy = view.order === '' ? null : { field: view.order };
  const variables = {
    collection,
    filter,
    orderBy,
    first: 36,
    after,
    isFirst: after === null,
    least,
    isSure: least !== null,
  };
  return (await ask<{ images: Found }>(query, variables, signal)).images;
};

export const suggestLabels = async (
  collection: string,
  prefix: string,
  first: number,
  signal?: AbortSignal,
): Promise<readonly LabelCount[]> => {
  const query = `query Labels($collection: String!, $prefix: String!, $first: Int!) {
  labels(collection: $collection, prefix: $prefix, first: $first) { count label { id name path { id name } } }
}`;
  return (await ask<{ labels: LabelCount[] }>(query, { collection, prefix, first }, signal)).labels;
};

export const collectionNames = async (): Promise<readonly string[]> => {
  const query = 'query Collections { collections { name } }';
  return (await ask<{ collections: { readonly name: string }[] }>(query, {})).collections.map(
    ({ name }) => name,
  );
};

/** The concepts that a page names in its own words, by id or by name; what is unknown stays as it is. */
export const conceptsOf = (collection: string, given: readonly string[]): Promise<LabelName[]> =>
  Promise.all(
    given.map(async (one) => {
      const found = await suggestLabels(collection, one, 50);
      const isMeant = ({ label }: LabelCount) => label.name.toLowerCase() === one.toLowerCase();
      return found.find(isMeant)?.label ?? labelName(one);
    }),
  );

export const labelName = async (id: string): Promise<LabelName> => {
  const query = 'query Label($id: ID!) { label(id: $id) { id name } }';
  return (await ask<{ label: LabelName | null }>(query, { id })).label ?? { id, name: id };
};

export const picture = async (id: string, signal: AbortSignal): Promise<Picture | null> => {
  const query = `query Picture($id: ID!) {
  image(id: $id) {
    id sha256 width height format sizeBytes thumbnail url pageUrl alt caption model takenAt camera fetchedAt appearanceCount
    labels(minConfidence: 0.05) { confidence isAccepted isMostSpecific label { id name path { id name } } }
    appearances(first: 20) { pageUrl alt caption heading title credit licence }
    locations { url }
    folded { totalCount nodes { width height sizeBytes format } }
    variants { url width }
  }
}`;
  return (await ask<{ image: Picture | null }>(query, { id }, signal)).image;
};

/** The most specific accepted label, else the surest of those that have no more specific one beside them. */
export function bestOf(labels: readonly ImageLabel[]): ImageLabel | undefined {
  const accepted = labels.find((label) => label.isMostSpecific);
  if (accepted !== undefined) return accepted;
  const general = new Set(labels.flatMap(({ label }) => label.path ?? []).map(({ id }) => id));
  const specific = labels.filter(({ label }) => !general.has(label.id));
  return specific.sort((a, b) => b.confidence - a.confidence)[0];
}

/** What a picture shows, for those who cannot see it: the page's own words first. */
export function altOf(tile: Tile, say: Words): string {
  if (tile.alt) return tile.alt;
  if (tile.caption) return tile.caption;
  const best = bestOf(tile.labels);
  const names = [...tile.labels]
    .sort((a, b) => Number(b === best) - Number(a === best))
    .slice(0, 3)
    .map(({ label }) => label.name);
  return names.length > 0 ? names.join(', ') : say.pictureOf(tile.width, tile.height);
}
