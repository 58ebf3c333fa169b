// A web site of a test, looked at as a crawl looks at it: by a web source that has a browser.
import { type BrowserLimits, openRenderer } from '../../../src/crawler/render/open-renderer.ts';
import type { RenderSettings } from '../../../src/crawler/render/options.ts';
import type { Renderer } from '../../../src/crawler/render/renderer.ts';
import type { Expansion, Source } from '../../../src/crawler/source.ts';
import { open, type WebSourceOptions } from '../../../src/crawler/sources/web.ts';
import type { Log } from '../../../src/log.ts';
import { webSettings } from '../sources/web-settings.ts';

export const renderSettings: RenderSettings = { browser: '', renderConcurrency: 1, renderTimeoutMs: 20_000 };

export interface Said {
  readonly level: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Keeps what is said. */
export function keepingLog(): Log & { readonly said: readonly Said[] } {
  const said: Said[] = [];
  const at =
    (level: string) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) =>
      void said.push({ level, message, facts });
  return { said, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Counts how often a page is opened in the browser. */
export interface CountingRenderer extends Renderer {
  readonly asked: readonly string[];
}

export function countingRenderer(
  settings: Partial<RenderSettings> = {},
  log = keepingLog(),
  limits: Partial<BrowserLimits> = {},
): CountingRenderer {
  const inner = openRenderer({ ...renderSettings, ...settings }, log, limits);
  const asked: string[] = [];
  return {
    asked,
    render: (request) => {
      asked.push(request.answer.url);
      return inner.render(request);
    },
    close: () => inner.close(),
  };
}

export const never = new AbortController().signal;

export type Expanded = Extract<Expansion, { outcome: 'expanded' }>;

/** Looks at one page, as the first of a crawl. */
export async function look(
  url: string,
  renderer: Renderer | undefined,
  more: Partial<Omit<WebSourceOptions, 'address' | 'renderer'>> = {},
): Promise<Expansion> {
  const source = await openSource(url, renderer, more);
  try {
    return await lookWith(source);
  } finally {
    await source.close();
  }
}

export const openSource = (
  url: string,
  renderer: Renderer | undefined,
  more: Partial<Omit<WebSourceOptions, 'address' | 'renderer'>> = {},
): Promise<Source> =>
  open({
    address: url,
    settings: webSettings,
    ...(renderer === undefined ? {} : { renderer }),
    ...more,
  });

export async function lookWith(source: Source): Promise<Expansion> {
  const [root] = await source.start('default', never);
  return source.expand(root!, 'default', undefined, never);
}

/** Paths of the pictures that a page shows and that are to be fetched, in order of the alphabet. */
export const paths = (expansion: Expansion): string[] =>
  (expansion as Expanded).images
    .filter(({ skip }) => skip === undefined)
    .map(({ location }) => new URL(location.url).pathname)
    .sort();
