// What the demo prints: the counts, what failed and why, the most frequent labels, and queries to try.
import type { CrawlReport } from '../src/crawl-report.ts';
import type { FailureRecord } from '../src/ledger.ts';
import type { Gallery } from './site.ts';

/** What the API says after the crawl. */
export interface ApiState {
  readonly images: number;
  /** The most specific label of each image, counted; most frequent first. */
  readonly labels: readonly { readonly name: string; readonly count: number }[];
}

const stateQuery = `{ images(first: 100) { totalCount { value } nodes { labels { isMostSpecific label { name } } } } }`;

interface StateAnswer {
  readonly data: {
    readonly images: {
      readonly totalCount: { readonly value: number };
      readonly nodes: readonly {
        readonly labels: readonly {
          readonly isMostSpecific: boolean;
          readonly label: { readonly name: string };
        }[];
      }[];
    };
  };
}

export async function askApi(url: string): Promise<ApiState> {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: stateQuery }),
  });
  if (!response.ok) throw new Error(`expected an answer of GraphQL, but got status ${response.status}`);
  const { images } = ((await response.json()) as StateAnswer).data;
  const counts = new Map<string, number>();
  for (const { labels } of images.nodes) {
    for (const { isMostSpecific, label } of labels) {
      if (isMostSpecific) counts.set(label.name, (counts.get(label.name) ?? 0) + 1);
    }
  }
  const labels = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  return { images: images.totalCount.value, labels };
}

export function summary(
  report: CrawlReport,
  failures: readonly FailureRecord[],
  { images, labels }: ApiState,
): string[] {
  const { found, indexed, skipped, failed, pending, pages, seconds, inferences } = report;
  const rest = pending > 0 ? ` + ${pending} pending` : '';
  return [
    '',
    `${found} ${found === 1 ? 'image' : 'images'} found = ${indexed} indexed + ${skipped} skipped + ${failed} failed${rest}`,
    `${pages > 0 ? `on ${pages} ${pages === 1 ? 'page' : 'pages'}, ` : ''}${inferences} classified, in ${seconds.toFixed(1)} s`,
    ...report.skips.map(({ code, count }) => `  skipped  ${code} (${count})`),
    ...failures.map(({ code, reason, url }) => `  failed   ${url}\n           ${code}: ${reason}`),
    ...(labels.length === 0 ? [] : ['', labelsLine(images, labels)]),
  ];
}

const labelsLine = (images: number, labels: ApiState['labels']): string =>
  `Labels${images > 100 ? ' of the newest 100' : ''}: ${labels
    .slice(0, 12)
    .map(({ name, count }) => (count === 1 ? name : `${name} (${count})`))
    .join(', ')}`;

/** Where to look, and three queries to paste into a shell. */
export function addresses(url: string, { labels }: ApiState, gallery: Gallery | undefined): string[] {
  const graphql = new URL('/graphql', url).href;
  const label = labels[0]?.name ?? 'dog';
  const word = gallery === undefined ? (labels[1]?.name ?? label) : 'bridge';
  const queries: [string, string][] = [
    [
      `What shows “${label}”, and how sure is the model?`,
      `{ images(filter: {labels: {allOf: [{name: ${JSON.stringify(label)}, minConfidence: 0.2}]}}) { totalCount { value } edges { node { url alt } matchedLabels { confidence label { name } } } } }`,
    ],
    [
      `Where do labels or the words on a page say “${word}”?`,
      `{ images(filter: {text: ${JSON.stringify(word)}}) { nodes { url caption pageUrl labels { confidence label { name } } } } }`,
    ],
    ['What could not be read, and why?', '{ failures { nodes { url stage code reason } } }'],
  ];
  return [
    `Search page  ${url}/`,
    `GraphQL      ${graphql}`,
    '',
    'Three queries to try:',
    ...queries.flatMap(([about, query]) => ['', `# ${about}`, curl(graphql, query)]),
  ];
}

function curl(graphql: string, query: string): string {
  // In a shell's single quotes, a single quote is written '\''.
  const body = JSON.stringify({ query }).replaceAll("'", "'\\''");
  return `curl -s ${graphql} -H 'content-type: application/json' -d '${body}'`;
}

/** What is not as the demo promises; of other sources than the gallery only the sums are known. */
export function wrongs(
  report: CrawlReport,
  failures: readonly FailureRecord[],
  state: ApiState,
  gallery: Gallery | undefined,
): string[] {
  const { found, indexed, skipped, failed } = report;
  const wrong: string[] = [];
  if (report.state !== 'complete') wrong.push(`expected a complete crawl, but it is ${report.state}`);
  if (found !== indexed + skipped + failed) {
    wrong.push(`${found} found are not ${indexed} indexed + ${skipped} skipped + ${failed} failed`);
  }
  if (gallery === undefined) return wrong;
  if (indexed !== gallery.pictures) wrong.push(`expected ${gallery.pictures} indexed, but ${indexed} are`);
  if (state.images !== gallery.pictures) {
    wrong.push(`expected ${gallery.pictures} images to be found, but a search finds ${state.images}`);
  }
  const [broken] = failures;
  if (failures.length !== 1 || failed !== 1 || broken?.url !== gallery.broken) {
    wrong.push(`expected ${gallery.broken} alone to fail, but ${failed} did`);
  }
  return wrong;
}
