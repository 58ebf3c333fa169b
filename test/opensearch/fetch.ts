// Downloads and unpacks what the tests' servers are made of, where that has not been done yet.
import { distributionOf, type Line, versions } from './distribution.ts';

for (const line of Object.keys(versions) as Line[]) await distributionOf(line);
