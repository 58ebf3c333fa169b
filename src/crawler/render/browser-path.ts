// Where Chromium or Chrome is installed: named by hand, else where systems put it. None is ever downloaded.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'chromium-headless-shell',
  'microsoft-edge-stable',
];

const places: Readonly<Partial<Record<NodeJS.Platform, (env: Env) => readonly string[]>>> = {
  linux: () => ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'].flatMap(inFolder),
  darwin: (env) =>
    ['/Applications', join(env['HOME'] ?? '/', 'Applications')].flatMap((folder) => [
      `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
      `${folder}/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
    ]),
  win32: (env) =>
    [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
      folder === undefined
        ? []
        : [
            `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
            `${folder}\\Chromium\\Application\\chrome.exe`,
            `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
          ],
    ),
};

const inFolder = (folder: string): string[] => names.map((name) => join(folder, name));

/** The browser to start, or null. `named`: the option; where that is not there no other is taken in its place. */
export function findBrowser(
  named: string,
  env: Env = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const wanted = named || env['PUPPETEER_EXECUTABLE_PATH'] || env['CHROME_PATH'];
  if (wanted) return isProgram(wanted) ? wanted : null;
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const known = [...(places[platform]?.(env) ?? []), ...onPath.flatMap(inFolder)];
  return known.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
