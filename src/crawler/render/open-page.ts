// A page of its own context in the browser: nothing of it is left when it is closed, and it goes nowhere else.
import type { Browser, BrowserContext, CDPSession } from 'puppeteer-core';
import * as inPage from './in-page.ts';
import type { PageClock } from './page-clock.ts';
import type { PageTraffic } from './page-traffic.ts';
import { primingUrl, type RenderProxy } from './proxy.ts';
import { within } from './within.ts';

export interface OpenPage {
  readonly session: CDPSession;
  /** Of its main frame. */
  readonly frameId: string;
  close(): Promise<void>;
}

const closeTimeoutMs = 5000;

/** Opened and shown; what its scripts do then has only begun. */
export async function openPage(
  browser: Browser,
  proxy: RenderProxy,
  traffic: PageTraffic,
  clock: PageClock,
  url: string,
): Promise<OpenPage> {
  const context = await clock.call(browser.createBrowserContext({ downloadBehavior: { policy: 'deny' } }));
  const close = async (): Promise<void> => {
    traffic.end();
    proxy.dismiss(traffic);
    await within(closeTimeoutMs, context.close());
  };
  try {
    const session = await blankPage(context, traffic, clock);
    await learnSecret(session, proxy.admit(traffic), clock);
    const { frameTree } = await clock.call(session.send('Page.getFrameTree'));
    const frameId = frameTree.frame.id;
    await keepInPlace(session, frameId, traffic, clock);
    await clock.call(session.send('Page.addScriptToEvaluateOnNewDocument', { source: inPage.prepare }));
    const { errorText } = await clock.call(session.send('Page.navigate', { url }));
    if (errorText !== undefined) throw new Error(`the browser did not open it: ${errorText}`);
    return { session, frameId, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function blankPage(
  context: BrowserContext,
  traffic: PageTraffic,
  clock: PageClock,
): Promise<CDPSession> {
  const page = await clock.call(context.newPage());
  page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined));
  page.on('error', () => {
    clock.broken = 'the page crashed';
  });
  context.on('targetcreated', (target) => {
    if (target.type() !== 'page' || target === page.target()) return;
    traffic.lead(target.url());
    target
      .page()
      .then((popup) => popup?.close())
      .catch(() => undefined);
  });
  const session = await clock.call(page.createCDPSession());
  await clock.call(session.send('Page.enable'));
  return session;
}

/** The browser asks for a name and a password once, and uses them for everything of this context from then on. */
async function learnSecret(
  session: CDPSession,
  { user, password }: { readonly user: string; readonly password: string },
  clock: PageClock,
): Promise<void> {
  const authorise = ({ requestId }: { readonly requestId: string }): void => {
    const authChallengeResponse = { response: 'ProvideCredentials' as const, username: user, password };
    session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse }).catch(() => undefined);
  };
  const pass = ({ requestId }: { readonly requestId: string }): void =>
    void session.send('Fetch.continueRequest', { requestId }).catch(() => undefined);
  session.on('Fetch.authRequired', authorise).on('Fetch.requestPaused', pass);
  await clock.call(session.send('Fetch.enable', { handleAuthRequests: true }));
  const { errorText } = await clock.call(session.send('Page.navigate', { url: primingUrl }));
  session.off('Fetch.authRequired', authorise).off('Fetch.requestPaused', pass);
  await clock.call(session.send('Fetch.disable'));
  if (errorText !== undefined) throw new Error(`the browser does not reach its proxy: ${errorText}`);
}

/** Where scripts want to go from here is noted, not gone to. */
async function keepInPlace(
  session: CDPSession,
  mainFrameId: string,
  traffic: PageTraffic,
  clock: PageClock,
): Promise<void> {
  let isShown = false;
  session.on('Fetch.requestPaused', ({ requestId, frameId, request }) => {
    const isLeaving = frameId === mainFrameId && isShown && !traffic.isPage(request.url);
    if (frameId === mainFrameId) isShown = true;
    if (isLeaving) traffic.lead(request.url);
    const answer = isLeaving
      ? session.send('Fetch.fulfillRequest', { requestId, responseCode: 204 })
      : session.send('Fetch.continueRequest', { requestId });
    answer.catch(() => undefined);
  });
  await clock.call(session.send('Fetch.enable', { patterns: [{ resourceType: 'Document' }] }));
}
