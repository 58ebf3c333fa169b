// Which hosts images may be taken from: the site's own, and those of `imageHosts`; any where that is empty.
import type { Refused } from '../net/answer.ts';
import { compileGlob } from './glob.ts';

/** Why an image is not taken from there; undefined where it may be. */
export type ImageBounds = (url: URL) => Refused | undefined;

/** `isOwn`: of the site itself. A pattern without a port means every port. */
export function openImageBounds(patterns: readonly string[], isOwn: (host: string) => boolean): ImageBounds {
  const globs = patterns.map((pattern) => ({
    isWithPort: pattern.includes(':'),
    matches: compileGlob(pattern, false),
  }));
  return ({ host, hostname, href }) => {
    if (globs.length === 0 || isOwn(host)) return undefined;
    if (globs.some(({ isWithPort, matches }) => matches([isWithPort ? host : hostname]))) return undefined;
    return {
      outcome: 'skipped',
      code: 'excluded',
      reason: `${href} lies on none of the hosts of imageHosts`,
    };
  };
}
