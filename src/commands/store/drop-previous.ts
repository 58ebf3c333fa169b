// `imagedex store drop-previous`: removes the generations that are not searched.
import { openStatusLine } from '../status-line.ts';
import { type Call, exitCodes } from '../verb.ts';

export async function dropPrevious({ config, json, terminal }: Call): Promise<number> {
  const { withGenerations } = await import('../../app/store.ts');
  const line = openStatusLine(terminal);
  line.show('waiting until no writer knows it any more');
  const { removed } = await withGenerations(config, 'drop-previous', (generations) =>
    generations.dropPrevious(),
  ).finally(line.end);
  if (json) terminal.out(`${JSON.stringify({ removed })}\n`);
  else if (removed.length === 0) terminal.out('There is none but the index that is searched.\n');
  else terminal.out(`Removed ${removed.join(', ')}: there is no way back to it.\n`);
  return exitCodes.ok;
}
