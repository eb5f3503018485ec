/**
 * Makes a child and everything that it starts end when this process ends, however it ends. Windows only: elsewhere the
 * next daemon ends what a killed one has left behind (codex/orphans.ts). Does nothing when the child has ended already.
 */
export async function endWithThisProcess(pid: number): Promise<void> {
  if (process.platform !== 'win32') return;
  const { ownJob } = await import('../win32/job-object.ts');
  ownJob.add(pid);
}
