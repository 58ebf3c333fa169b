// Pages that harm who opens them: the page stays as its HTML says, with a reason, the next one is opened, and nothing of
// the browser is left at the end.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Expansion } from '../../../src/crawler/source.ts';
import { browserPath } from '../../api/browser.ts';
import { openWebServer, type WebServer } from '../../web-server.ts';
import {
  type CountingRenderer,
  countingRenderer,
  type Expanded,
  keepingLog,
  look,
  paths,
} from './browsing.ts';

const hasBrowser = browserPath() !== null;
const profile = `imagedex-browser-${process.pid}-`;

/** Processes that run with a profile of ours; of another kind than the browser itself: `renderer`. */
function browserPids(name: string, type = ''): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return line.includes(name) && line.includes(type === '' ? '' : `--type=${type}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe.runIf(hasBrowser)('hostile pages', { timeout: 150_000 }, () => {
  const log = keepingLog();
  let server: WebServer;
  let renderer: CountingRenderer;

  beforeAll(async () => {
    server = await openWebServer({
      '/good.html': '<div id="root"></div><script>root.innerHTML = "<img src=/good.jpg>"</script>',
      '/endless.json': '{}',
    });
    const limits = { callMs: 5000, maxBytes: 900 * 1024 ** 2 };
    renderer = countingRenderer({ renderTimeoutMs: 8000 }, log, limits);
  });
  afterAll(async () => {
    await renderer.close();
    await server.close();
  });

  const page = (script: string) => {
    server.set(
      '/bad.html',
      `<title>Bad</title><img src="/static.jpg"><div id="root"></div><script>${script}</script>`,
    );
    return look(`${server.url}/bad.html`, renderer);
  };
  const goesOn = async () =>
    expect(paths(await look(`${server.url}/good.html`, renderer))).toEqual(['/good.jpg']);
  const staysStatic = async (expansion: Expansion, reason: RegExp) => {
    expect(expansion).toMatchObject({ outcome: 'expanded', isPartial: false, page: { isRendered: false } });
    expect(paths(expansion)).toEqual(['/static.jpg']);
    const said = log.said.findLast(({ message }) => message.includes('could not be opened'));
    expect(said?.facts['reason']).toMatch(reason);
    await goesOn();
  };

  test('forms whose inputs have the names of what is read of elements', async () => {
    const names =
      'attributes childNodes clientHeight localName nodeType scrollHeight scrollTo scrollTop shadowRoot'.split(
        ' ',
      );
    const forms = names.map(
      (
        name,
      ) => `<form style="height: 200px; overflow: auto"><input name="${name}"><p style="height: 300px"></p>
        <img alt="In ${name}" src="/${name}.jpg"></form>`,
    );
    server.set(
      '/named.html',
      `<title>Named</title><div id="root"></div><script>root.innerHTML = ${JSON.stringify(forms.join(''))}</script>`,
    );
    const expansion = await look(`${server.url}/named.html`, renderer);
    expect(expansion).toMatchObject({ page: { isRendered: true } });
    const told = (expansion as Expanded).images.map(({ context }) => context?.alt).sort();
    expect(told).toEqual(names.map((name) => `In ${name}`));
  });

  test('an endless loop', async () => {
    await staysStatic(await page('for (;;);'), /did not let the browser answer/);
  });

  test('a crash of the page’s process', async () => {
    const looking = page('setInterval(() => { root.append(document.createElement("p")) }, 50)');
    await killed('renderer');
    await staysStatic(await looking, /crashed/);
  });

  test('a kill of the browser', async () => {
    const looking = page('setInterval(() => { root.append(document.createElement("p")) }, 50)');
    await killed('');
    await staysStatic(await looking, /./);
  });

  test('memory without end, outside of the heap', async () => {
    const script = 'const all = []; setInterval(() => { all.push(new Uint8Array(8e7).fill(7)) }, 20)';
    await staysStatic(await page(script), /memory|crashed/);
  });

  test('memory without end, in the heap', async () => {
    const script =
      'const all = []; setInterval(() => { for (let n = 0; n < 1e6; n++) all.push({ n, text: "x" + n }) }, 5)';
    const expansion = (await page(script)) as Expanded;
    // Whether it is read before its memory ends, or its time is up, depends on the machine.
    expect(paths(expansion)).toEqual(['/static.jpg']);
    await goesOn();
  });

  test('requests without end', async () => {
    server.forget();
    const script = `root.innerHTML = '<img src="/made.jpg">'; let n = 0; setInterval(() => fetch('/endless.json?' + n++), 10)`;
    const expansion = (await page(script)) as Expanded;
    expect(paths(expansion)).toEqual(['/made.jpg', '/static.jpg']);
    expect(expansion.isPartial).toBe(true);
    expect(server.asked.filter(({ path }) => path.startsWith('/endless')).length).toBeLessThanOrEqual(150);
    await goesOn();
  });

  test('a page that never ends growing', async () => {
    const script = `addEventListener('scroll', () => { for (let n = 0; n < 5; n++) { const one = document.createElement('img'); one.src = '/grow/' + Math.random() + '.jpg'; one.height = 900; one.style.display = 'block'; document.body.append(one); } }); document.body.style.height = '9000px'`;
    const expansion = (await page(script)) as Expanded;
    expect(expansion.isPartial).toBe(true);
    expect(expansion.images.length).toBeGreaterThan(20);
    await goesOn();
  });

  test('questions to people, windows, downloads', async () => {
    const script = `addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'stay' });
      alert(1); confirm(2); prompt(3); print(); open('/elsewhere.html'); Notification.requestPermission();
      navigator.geolocation.getCurrentPosition(() => 0);
      const link = document.createElement('a'); link.href = 'data:text/plain,x'; link.download = 'x.txt'; link.click();
      root.innerHTML = '<img src="/asked.jpg">';`;
    expect(paths(await page(script))).toEqual(['/asked.jpg', '/static.jpg']);
    expect(server.count('/elsewhere.html')).toBe(0);
    await goesOn();
  });

  test('a million elements', async () => {
    const script = `root.innerHTML = '<img src="/first.jpg">' + '<i></i>'.repeat(1e6)`;
    const expansion = (await page(script)) as Expanded;
    expect(expansion.outcome).toBe('expanded');
    if (expansion.page?.isRendered) expect(paths(expansion)).toEqual(['/first.jpg', '/static.jpg']);
    await goesOn();
  });

  test('a page that reloads itself, and one that calls itself something else', async () => {
    expect(paths(await page(`setTimeout(() => location.reload(), 100)`))).toEqual(['/static.jpg']);
    const fake = `Object.prototype.toJSON = () => 'x'; Array.prototype.push = () => { throw 1 }; JSON.stringify = () => 'x';
      root.innerHTML = '<img src="/made.jpg">'`;
    expect(paths(await page(fake))).toEqual(['/made.jpg', '/static.jpg']);
  });

  test.runIf(process.platform === 'linux')(
    'crawl 62: after close no process and no profile is left',
    async () => {
      await goesOn();
      expect(browserPids(profile).length).toBeGreaterThan(0);
      await renderer.close();
      expect(browserPids(profile)).toEqual([]);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith(profile))).toEqual([]);
    },
    60_000,
  );

  async function killed(type: string): Promise<void> {
    for (;;) {
      const pids = browserPids(profile, type);
      // The page runs as soon as it has asked for nothing more.
      if (pids.length > 0 && renderer.asked.at(-1)?.endsWith('bad.html')) {
        await sleep(1500);
        for (const pid of browserPids(profile, type)) process.kill(pid, 'SIGKILL');
        return;
      }
      await sleep(50);
    }
  }
});
