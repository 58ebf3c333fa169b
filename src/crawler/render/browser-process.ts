// One running browser with a profile of its own: started without anything that talks to others, ended with all its
// processes whatever state they are in.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, LaunchOptions } from 'puppeteer-core';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { browserArguments } from './browser-arguments.ts';
import { sessionProcesses } from './session.ts';
import { within } from './within.ts';

export interface BrowserProcess {
  readonly browser: Browser;
  readonly pid: number;
  readonly startedAt: number;
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** Memory of all its processes together; null where the system does not tell. */
  memoryBytes(): Promise<number | null>;
  /** Without asking it. */
  kill(): void;
  close(): Promise<void>;
}

export interface LaunchPlan {
  readonly path: string;
  readonly proxyPort: number;
  readonly fingerprint: string;
  readonly log: Log;
}

const launchTimeoutMs = 30_000;
const closeTimeoutMs = 3000;
const profilePrefix = 'imagedex-browser-';

export async function startBrowser(plan: LaunchPlan): Promise<BrowserProcess> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) warnOfSandbox(plan.log, 'this process runs as root');
  try {
    return await launch(plan, !isRoot);
  } catch (error) {
    if (isRoot || !/no usable sandbox|setuid sandbox|namespace/i.test(messageOf(error))) throw error;
    warnOfSandbox(plan.log, 'the system does not let it have one');
    return launch(plan, false);
  }
}

let isWarned = false;
function warnOfSandbox(log: Log, reason: string): void {
  if (isWarned) return;
  isWarned = true;
  log.warn(`the browser runs without its sandbox, for ${reason}: run imagedex as another user to have it`);
}

async function launch(plan: LaunchPlan, hasSandbox: boolean): Promise<BrowserProcess> {
  const { default: puppeteer } = await import('puppeteer-core');
  const profile = await mkdtemp(join(tmpdir(), `${profilePrefix}${process.pid}-`));
  const options: LaunchOptions = {
    executablePath: plan.path,
    headless: /headless[-_]shell/.test(basename(plan.path)) ? 'shell' : true,
    // It ends with the pipe, also when this process is killed.
    pipe: true,
    userDataDir: profile,
    args: browserArguments(plan, hasSandbox),
    env: environment(profile),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    waitForInitialPage: false,
    timeout: launchTimeoutMs,
    protocolTimeout: launchTimeoutMs,
  };
  try {
    return opened(await puppeteer.launch(options), profile);
  } catch (error) {
    await removeProfile(profile);
    throw error;
  }
}

/** What a program needs to run here, and none of our secrets. */
function environment(profile: string): Record<string, string | undefined> {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'FONTCONFIG_FILE', 'FONTCONFIG_PATH']
    .concat(['SystemRoot', 'SystemDrive', 'ProgramFiles', 'LOCALAPPDATA', 'APPDATA', 'USERPROFILE'])
    .filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    HOME: profile,
    TMPDIR: profile,
    TEMP: profile,
    TMP: profile,
  };
}

function opened(browser: Browser, profile: string): BrowserProcess {
  const child = browser.process();
  const pid = child?.pid ?? 0;
  const gone = new Promise<void>((resolve) => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const kill = (): void => killGroup(pid);
  return {
    browser,
    pid,
    startedAt: Date.now(),
    gone,
    memoryBytes: async () => {
      const processes = await sessionProcesses(pid);
      return processes === null ? null : processes.reduce((sum, { bytes }) => sum + bytes, 0);
    },
    kill,
    async close() {
      await within(closeTimeoutMs, browser.close()).catch(() => undefined);
      kill();
      await within(closeTimeoutMs, gone).catch(() => undefined);
      await allEnded(pid);
      await removeProfile(profile);
    },
  };
}

/** The others end a little after the first. */
async function allEnded(pid: number): Promise<void> {
  for (let left = 20; left > 0 && ((await sessionProcesses(pid)) ?? []).length > 0; left--) await sleep(50);
}

/** All of a group at once; what is not there any more is left alone. */
function killGroup(pid: number): void {
  if (pid <= 1) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

const removeProfile = (profile: string): Promise<void> =>
  rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);

/** Profiles of processes that were killed before they could remove them. */
export async function removeLeftProfiles(folder = tmpdir()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = name.startsWith(profilePrefix) ? Number(name.slice(profilePrefix.length).split('-')[0]) : 0;
    if (owner > 0 && !isRunning(owner)) await removeProfile(join(folder, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
