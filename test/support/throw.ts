/**
 * Loaded by `node --import`, before the program: at SIGUSR2 something throws, or rejects, that nothing catches. So the
 * program itself needs no way to be broken.
 */
process.on('SIGUSR2', () => {
  const error = new Error('thrown by a test');
  if (process.env.TEST_REJECTS === undefined) throw error;
  void Promise.reject(error);
});
