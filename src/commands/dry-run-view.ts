// What `crawl --dry-run` prints: a line for each image that would be fetched, and what it comes to.
import type { Preview, Verdict } from '../crawls/dry-run.ts';
import { plainValue } from '../plain-text.ts';
import { columns } from './columns.ts';
import { counted } from './counted.ts';
import { type Call, exitCodes } from './verb.ts';

const about: Readonly<Record<Verdict, string>> = {
  new: 'would be fetched',
  known: 'would be asked whether there is a change',
  unchanged: 'no change, as the listing says already',
  excluded: 'would be left out by the settings, or by what its page says of it',
};

export async function showDryRun(
  previews: AsyncIterable<Preview>,
  { json, terminal }: Pick<Call, 'json' | 'terminal'>,
): Promise<number> {
  const counts = { new: 0, known: 0, unchanged: 0, excluded: 0 };
  let pages = 0;
  let problems = 0;
  const caps: string[] = [];
  for await (const preview of previews) {
    if (preview.type === 'image') counts[preview.verdict]++;
    else if (preview.type === 'page') pages++;
    else if (preview.type === 'problem') problems++;
    else caps.push(`${preview.cap} would end the crawl of ${preview.source} before it has seen everything.`);
    if (json) terminal.out(`${JSON.stringify(preview)}\n`);
    else if (preview.type === 'image')
      terminal.out(`${preview.verdict.padEnd(9)}  ${plainValue(preview.url)}\n`);
    else if (preview.type === 'problem')
      terminal.out(`${preview.code}  ${plainValue(preview.url)}  ${plainValue(preview.reason)}\n`);
  }
  if (json) {
    terminal.out(
      `${JSON.stringify({ type: 'summary', pages, images: counts, problems, caps: caps.length })}\n`,
    );
    return exitCodes.ok;
  }
  const found = Object.values(counts).reduce((sum, one) => sum + one, 0);
  terminal.out(
    [
      '',
      `${counted(found, 'image')}, ${counted(pages, 'page')}, ${counted(problems, 'problem')}:`,
      ...columns(
        (Object.keys(counts) as Verdict[])
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => [`  ${verdict}`, String(counts[verdict]), about[verdict]]),
      ),
      ...caps,
      'No image was asked for, and nothing was written but what robots.txt said. That of the images’ own hosts and the guard\n' +
        'against private addresses are asked when they are fetched.',
      '',
    ].join('\n'),
  );
  return exitCodes.ok;
}
