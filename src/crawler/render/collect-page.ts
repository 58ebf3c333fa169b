// Lets a page come to rest, scrolls through it until nothing new comes, and takes down what it shows then.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession } from 'puppeteer-core';
import * as inPage from './in-page.ts';
import type { OpenPage } from './open-page.ts';
import type { PageClock } from './page-clock.ts';
import type { PageTraffic } from './page-traffic.ts';

export interface CollectedFrame {
  readonly url: string;
  readonly html: string;
}

export interface Collected {
  /** The page itself, then what it has in frames. */
  readonly frames: readonly CollectedFrame[];
  /** Addresses of pictures that style sheets asked for. */
  readonly painted: readonly string[];
  /** Addresses of its icons. */
  readonly icons: readonly string[];
  readonly isCut: boolean;
}

const maxSteps = 60;
const maxHeight = 300_000;
const maxFrames = 20;
const maxNodes = 300_000;
const pollMs = 50;
/** A page whose pictures are still to come often shows nothing yet. */
const quietMs = { first: 400, empty: 1500, step: 150, last: 500 };
const maxSettleMs = 5000;

export async function collectPage(
  page: OpenPage,
  traffic: PageTraffic,
  clock: PageClock,
  maxChars: number,
): Promise<Collected> {
  const ask = openQuestions(page.session, clock);
  const first = await settle(ask, page.frameId, traffic, clock, quietMs.first);
  if (first.images === 0 && traffic.imageCount === 0) {
    await settle(ask, page.frameId, traffic, clock, quietMs.empty);
  }
  const isWhole = await scrollThrough(ask, page.frameId, traffic, clock);
  const frames = await framesOf(page, clock);
  const taken: CollectedFrame[] = [];
  const painted: string[] = [];
  const icons: string[] = [];
  let isCut = !isWhole || traffic.isCut || frames.length > maxFrames;
  let left = maxChars;
  for (const { id, url } of frames.slice(0, maxFrames)) {
    if (left <= 0) break;
    const answer = await ask<inPage.Serialised>(id, inPage.serialise(left, maxNodes)).catch(
      (error: unknown) => {
        // Frames come and go; without the page itself there is nothing.
        if (id === page.frameId) throw error;
        return undefined;
      },
    );
    if (typeof answer?.html !== 'string') continue;
    taken.push({ url, html: answer.html });
    if (Array.isArray(answer.painted)) painted.push(...answer.painted.map(String));
    if (Array.isArray(answer.icons)) icons.push(...answer.icons.map(String));
    isCut ||= answer.isCut === true;
    left -= answer.html.length;
  }
  return { frames: taken, painted, icons, isCut };
}

type Ask = <T>(frameId: string, expression: string) => Promise<T>;

/** Each frame has a world of ours; a page that loads itself anew ends it, and gets another. */
function openQuestions(session: CDPSession, clock: PageClock): Ask {
  const worlds = new Map<string, number>();
  const worldOf = async (frameId: string): Promise<number> => {
    const known = worlds.get(frameId);
    if (known !== undefined) return known;
    const world = { frameId, worldName: 'imagedex' };
    const { executionContextId } = await clock.call(session.send('Page.createIsolatedWorld', world));
    worlds.set(frameId, executionContextId);
    return executionContextId;
  };
  const once = async (frameId: string, expression: string): Promise<unknown> => {
    const question = { expression, contextId: await worldOf(frameId), returnByValue: true };
    const { result, exceptionDetails } = await clock.call(session.send('Runtime.evaluate', question));
    if (exceptionDetails !== undefined)
      throw new Error(`the page could not be read: ${exceptionDetails.text}`);
    return result.value;
  };
  return async <T>(frameId: string, expression: string) => {
    try {
      return (await once(frameId, expression)) as T;
    } catch (error) {
      if (clock.broken !== undefined || !worlds.delete(frameId)) throw error;
      return (await once(frameId, expression)) as T;
    }
  };
}

/** Until nothing has changed for a while and no host is waited for. */
async function settle(
  ask: Ask,
  frameId: string,
  traffic: PageTraffic,
  clock: PageClock,
  forMs: number,
): Promise<inPage.PageState> {
  const endMs = clock.ownMs + maxSettleMs;
  let before = '';
  let sinceMs = clock.ownMs;
  for (;;) {
    const state = await ask<inPage.PageState>(frameId, inPage.state);
    const now = `${state.nodes} ${state.height} ${state.images} ${traffic.imageCount}`;
    if (now !== before || traffic.waiting > 0 || !state.isReady) sinceMs = clock.ownMs;
    before = now;
    if (clock.ownMs - sinceMs >= forMs || clock.ownMs >= endMs || clock.isUp) return state;
    await sleep(pollMs);
  }
}

/** False where it was not come to the end of it. */
async function scrollThrough(
  ask: Ask,
  frameId: string,
  traffic: PageTraffic,
  clock: PageClock,
): Promise<boolean> {
  for (let step = 0; step < maxSteps; step++) {
    if (clock.isUp) return false;
    const hasMoved = await ask<boolean>(frameId, inPage.scroll);
    const quiet = hasMoved ? quietMs.step : quietMs.last;
    const before = traffic.imageCount;
    const { height } = await settle(ask, frameId, traffic, clock, quiet);
    if (height > maxHeight) return false;
    if (hasMoved || traffic.imageCount > before) continue;
    // What came meanwhile may have made it longer.
    if (!(await ask<boolean>(frameId, inPage.scroll))) return !clock.isUp;
  }
  return false;
}

interface Frame {
  readonly id: string;
  readonly url: string;
}
interface FrameTree {
  readonly frame: Frame;
  readonly childFrames?: readonly FrameTree[];
}

async function framesOf({ session }: OpenPage, clock: PageClock): Promise<Frame[]> {
  const { frameTree } = await clock.call(session.send('Page.getFrameTree'));
  const frames: Frame[] = [];
  // What is written into a page has that page's address.
  const add = ({ frame, childFrames = [] }: FrameTree, around: string): void => {
    const url = /^https?:/.test(frame.url) ? frame.url : around;
    frames.push({ id: frame.id, url });
    for (const child of childFrames) add(child, url);
  };
  add(frameTree, frameTree.frame.url);
  return frames;
}
