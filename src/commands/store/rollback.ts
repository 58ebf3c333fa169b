// `imagedex store rollback`: searches go to the other generation that is kept.
import { hint } from '../hint.ts';
import { type Call, exitCodes } from '../verb.ts';

export async function rollback(call: Call): Promise<number> {
  const { config, json, terminal } = call;
  const { withGenerations } = await import('../../app/store.ts');
  const { from, to } = await withGenerations(config, 'rollback', (generations) => generations.rollback());
  if (json) terminal.out(`${JSON.stringify({ from, to })}\n`);
  else
    terminal.out(
      `Searches go to ${to} now, and no longer to ${from}. Both hold everything; \`${hint(call, 'store rollback', ['opensearchPrefix'])}\` once more goes forward again.\n`,
    );
  return exitCodes.ok;
}
