// Reads a page's answer: what it shows, where it leads, and what it does not want.
import { setImmediate as breathe } from 'node:timers/promises';
import type { SkipCode } from '../../../errors.ts';
import { type Answer, headerOf } from '../../../net/answer.ts';
import { extractImages } from '../../extract-images.ts';
import type { Sheet } from '../../page/css.ts';
import type { PageFacts } from '../../page/json-ld.ts';
import { languageTag } from '../../page/languages.ts';
import type { PageRules } from '../../page/marks.ts';
import type { PageImage } from '../../page/resolve.ts';
import { pageText } from '../../page/text.ts';
import { readDate } from '../../read-date.ts';
import { agentToken } from '../../robots.ts';
import { headerDirectives, kindOf } from '../../web-answers.ts';

export type WebPage =
  | {
      readonly kind: 'html';
      readonly title: string | null;
      readonly images: readonly PageImage[];
      /** Pages of the same host. */
      readonly links: readonly string[];
      /** Of any host. */
      readonly feeds: readonly string[];
      readonly isCut: boolean;
      /** It asks that none of its images is taken. */
      readonly isOptedOut: boolean;
      /** It asks that none of its links is followed. */
      readonly isNoFollow: boolean;
      /** Why a browser has to open it, where it has not all in its HTML. */
      readonly reasonToRender: string | undefined;
    }
  | { readonly kind: 'image' }
  | { readonly kind: 'skipped'; readonly code: SkipCode; readonly reason: string };

/** Links that are no pages: to ask for them would only cost the host requests. */
const otherFiles =
  /\.(pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|dmg|iso|exe|mp[34]|m4[av]|webm|og[gv]|wav|flac|mov|avi|css|m?js|json|xml|rss|atom|csv|docx?|xlsx?|pptx?|woff2?|ttf)$/i;

/** What a source says of how its pages are read. */
export interface PageReading {
  readonly rules?: PageRules;
  readonly sheetOf?: (url: string) => Promise<Sheet | 'missed' | undefined>;
}

export async function readPage(answer: Answer, host: string, reading: PageReading = {}): Promise<WebPage> {
  const kind = kindOf(answer);
  if (kind === 'image') return { kind };
  if (kind === 'other') {
    return { kind: 'skipped', code: 'not_html', reason: `${answer.url} is neither HTML nor an image` };
  }
  const header = headerDirectives(answer);
  const text = pageText(answer.body, headerOf(answer, 'content-type'));
  const view = await extractImages(text, answer.url, {
    agent: agentToken,
    breathe: () => breathe(),
    facts: headerFacts(answer),
    ...reading,
  });
  const noImages = header.noImages ?? view.directives.noImages;
  const noFollow = header.noFollow || view.directives.noFollow;
  if (noImages !== null && noFollow) {
    const reason = `${answer.url} asks not to be indexed (${noImages})`;
    return { kind: 'skipped', code: 'opted_out', reason };
  }
  return {
    kind: 'html',
    title: view.title,
    // A page that only asks not to be indexed may still lead to others.
    images: noImages === null ? view.images : [],
    links: noFollow ? [] : view.links.filter((link) => isPageOf(host, new URL(link))),
    feeds: noFollow ? [] : view.feeds,
    isCut: view.isCut || answer.isCut,
    isOptedOut: noImages !== null,
    isNoFollow: noFollow,
    reasonToRender: view.reasonToRender,
  };
}

export const isPageOf = (host: string, link: URL): boolean =>
  link.host === host && !otherFiles.test(link.pathname);

const aDayMs = 24 * 3600_000;

/** What the answer says of the page, for where the page says nothing. */
function headerFacts(answer: Answer): PageFacts {
  const modifiedAt = readDate(headerOf(answer, 'last-modified')?.slice(0, 100));
  // A page that is made anew for each request has always been modified just now.
  const isOld = modifiedAt !== undefined && Date.parse(modifiedAt) < Date.now() - aDayMs;
  return {
    language: languageTag(headerOf(answer, 'content-language')),
    ...(isOld ? { publishedAt: modifiedAt } : {}),
  };
}
