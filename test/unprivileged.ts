// Runs a piece of a test as a user whom file rights bind: they do not bind root, as whom containers run tests.
const nobody = 65_534;

export async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid!(nobody);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
