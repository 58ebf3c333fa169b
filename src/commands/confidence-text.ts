// A share from 0 to 1 as the verbs print it: two digits, or three where the third says something (0.995 is not 0.99).

export const confidenceText = (share: number): string => share.toFixed(3).replace(/0$/, '');
