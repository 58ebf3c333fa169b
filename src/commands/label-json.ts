// A label as the verbs print it: its confidence from 0 to 1.
import type { Label } from '../labels/label-maker.ts';

export const labelJson = ({ id, name, confidence }: Label) => ({ id, name, confidence: confidence / 200 });
