// How the answers of web servers are read: what they are, whether anything changed, and what they ask for.
import type { PageRecord } from '../ledger.ts';
import { type Answer, type Head, headerOf, type Refused } from '../net/answer.ts';
import type { Validators } from '../record.ts';
import { imageFormat } from './image-format.ts';
import { isImageUrl } from './image-url.ts';
import { agentToken } from './robots.ts';
import { type RobotsDirectives, robotsDirectives } from './robots-directives.ts';

export const conditions = ({ etag, lastModified }: Validators): Record<string, string> => ({
  ...(etag === undefined ? {} : { 'if-none-match': etag }),
  ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
});

export function validatorsOf(head: Head): Validators {
  const etag = headerOf(head, 'etag');
  const lastModified = headerOf(head, 'last-modified');
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

export const hasConditions = (validators: Validators): boolean =>
  Object.keys(conditions(validators)).length > 0;

/** A 304 to our conditions; or the start page, which was asked for without any, with the validators of before. */
export function isUnchangedPage(answer: Answer, earlier: Validators): boolean {
  if (!hasConditions(earlier)) return false;
  if (answer.status === 304) return true;
  const { etag, lastModified } = validatorsOf(answer);
  return (
    answer.status === 200 &&
    (earlier.etag === undefined ? lastModified === earlier.lastModified : etag === earlier.etag)
  );
}

export const isMissing = (answer: Answer | Refused): boolean =>
  answer.outcome === 'answered' && (answer.status === 404 || answer.status === 410);

export function headerDirectives(head: Head): RobotsDirectives {
  const value = head.headers['x-robots-tag'];
  return robotsDirectives(value === undefined ? [] : typeof value === 'string' ? [value] : value, agentToken);
}

/** Whether a page that is as it was asks by its header, unlike before, that its images or links are left alone. */
export function optsOutNow(answer: Answer | Refused, { code, links }: PageRecord): boolean {
  if (answer.outcome !== 'answered' || answer.status !== 304) return false;
  const { noImages, noFollow } = headerDirectives(answer);
  return (noImages !== null && code !== 'opted_out') || (noFollow && links.length > 0);
}

export function screenImage(head: Head): Refused | undefined {
  if (head.status !== 200 && head.status !== 304) return undefined;
  const { noImages } = headerDirectives(head);
  if (noImages === null) return undefined;
  return {
    outcome: 'skipped',
    code: 'opted_out',
    reason: `${head.url} asks not to be indexed (${noImages})`,
  };
}

type Kind = 'html' | 'image' | 'other' | 'unknown';

function statedKind(head: Head): Kind {
  const type = /^\s*([^;\s]*)/.exec(headerOf(head, 'content-type') ?? '')?.[1]?.toLowerCase() ?? '';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type.startsWith('image/')) return 'image';
  return ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'].includes(type)
    ? 'unknown'
    : 'other';
}

/** Of what is no page, and of a page that wants neither its images taken nor its links followed, no body is read. */
export function screenPage(head: Head): 'discard' | undefined {
  const { noImages, noFollow } = headerDirectives(head);
  const isUnwanted = noImages !== null && noFollow;
  return isUnwanted || ['image', 'other'].includes(statedKind(head)) ? 'discard' : undefined;
}

/** The bytes know best, where there are any; what the server says comes next. */
export function kindOf(answer: Answer): Kind {
  if ('format' in imageFormat(answer.body)) return 'image';
  const kind = statedKind(answer);
  if (kind !== 'unknown') return kind;
  if (isImageUrl(answer.url)) return 'image';
  const start = answer.body.toString('latin1', 0, 1024);
  return /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|!--)/i.test(start) ? 'html' : 'other';
}
