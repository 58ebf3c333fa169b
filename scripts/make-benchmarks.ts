// Writes docs/benchmarks.md from the figures in docs/benchmarks.json; with --check it only says whether it is out of date.
import { makePage } from '../bench/make-page.ts';

const isCheck = process.argv.includes('--check');
if (!(await makePage(isCheck)) && isCheck) {
  process.stderr.write('docs/benchmarks.md is out of date: npx tsx scripts/make-benchmarks.ts\n');
  process.exitCode = 1;
}
