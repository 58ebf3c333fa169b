// Threads and child processes start from built files: Node 20 runs no TypeScript, so a run from src/ takes dist/.

/** The built form of a source file, given as `new URL('./x.ts', import.meta.url)`. */
export function builtFile(source: URL, here = new URL('.', import.meta.url)): URL {
  // `here` is src/ or dist/. Told by it and not by names: a checkout may lie in a folder that is called src, too.
  if (!source.href.startsWith(here.href))
    throw new Error(`expected a file below ${here.href}, but got ${source.href}`);
  return new URL(`../dist/${source.href.slice(here.href.length).replace(/\.ts$/, '.js')}`, here);
}
