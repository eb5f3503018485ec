/**
 * Makes a child and everything that it starts end when this process ends, however it ends. Windows only: elsewhere the
 * next daemon ends what a killed one has left behind (codex/orphans.ts). Never rejects: without the help of the system,
 * the child works as well.
 */
export async function endWithThisProcess(pid: number): Promise<void> {
  if (process.platform !== 'win32') return;
  try {
    const { ownJob } = await import('../win32/job-object.ts');
    ownJob.add(pid);
  } catch {
    // The next daemon ends it, as on the other systems.
  }
}
