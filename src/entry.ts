// Threads and child processes start from built files: Node 20 runs no TypeScript, so a run from src/ takes dist/.

/** The built form of a source file, given as `new URL('./x.ts', import.meta.url)`. */
export const builtFile = (source: URL): URL =>
  new URL(source.href.replace(/\/src\/((?:[^/]+\/)*[^/]+)\.ts$/, '/dist/$1.js').replace(/\.ts$/, '.js'));
