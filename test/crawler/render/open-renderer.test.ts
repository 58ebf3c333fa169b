import { Server } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { browserPath } from '../../api/browser.ts';
import { openWebServer } from '../../web-server.ts';
import { countingRenderer, look, paths } from './browsing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

test.runIf(browserPath() !== null)('a proxy that could not listen once is tried again', async () => {
  const server = await openWebServer({
    '/': '<div id="root"></div><script>root.innerHTML = "<img src=/made.jpg>"</script>',
  });
  closing.push(server.close);
  const renderer = countingRenderer();
  closing.push(renderer.close);
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    process.nextTick(() => this.emit('error', new Error('listen EMFILE: too many open files')));
    return this;
  });
  expect(paths(await look(`${server.url}/`, renderer))).toEqual([]);
  expect(paths(await look(`${server.url}/`, renderer))).toEqual(['/made.jpg']);
});
