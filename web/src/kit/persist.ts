/** Asks that what waits is not cleared when the phone runs out of room. False: the browser may clear it. */
export async function persist(): Promise<boolean> {
  const { storage } = navigator;
  if (!storage?.persist) return false;
  return (await storage.persisted?.().catch(() => false)) || storage.persist().catch(() => false);
}
