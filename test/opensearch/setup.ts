// Vitest's global set-up: one real OpenSearch of each line for all test files, started by the first that asks for it.
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import type { Line } from './distribution.ts';
import { type OpenSearchNode, startOpenSearch } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers `/2` and `/3` with the address of the server. */
    readonly openSearchDesk: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<Line, Promise<OpenSearchNode>>();
  const desk = createServer((request, response) => {
    const line: Line = request.url === '/2' ? '2' : '3';
    const node = started.get(line) ?? startOpenSearch({ line, heapMb: 768 });
    started.set(line, node);
    node.then(
      ({ url }) => response.end(url),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  const { port } = desk.address() as { port: number };
  project.provide('openSearchDesk', `http://127.0.0.1:${port}`);
  return async () => {
    desk.close();
    for (const node of started.values()) await (await node.catch(() => undefined))?.close();
  };
}
