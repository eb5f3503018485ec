/** Starts a generator at once instead of at its first use. */
export function begun<T>(source: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  const first = source.next();
  first.catch(() => undefined); // The consumer gets the error, if there is one.
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = await first; !next.done; next = await source.next()) yield next.value;
      } finally {
        await source.return();
      }
    },
  };
}
