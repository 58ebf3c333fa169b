// Ends .ci/run with the plain line `N passed, N failed`; fails where a check or a test did, and where one was skipped.
import { readFileSync } from 'node:fs';

const [report, checks, tests] = process.argv.slice(2);
let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.error(`${report} is not there: the tests did not run to their end`);
}
// A test file that could not be loaded has no tests in it that could fail.
const broken = counts.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
const skipped = counts.numPendingTests + counts.numTodoTests;
let failed = counts.numFailedTests + broken.length;
if (checks !== '0') console.error('npm run check failed');
if (tests !== '0' && failed === 0) console.error('npm test failed, though no test did');
if (checks !== '0' || (tests !== '0' && failed === 0)) failed += 1;
if (skipped > 0) console.error(`${skipped} tests were skipped: nothing may be here`);
if (failed > 0 || skipped > 0 || counts.numPassedTests === 0) process.exitCode = 1;
console.log(`${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
