/** A generator whose first step is taken now and not when somebody asks for it. */
export function begun<T>(source: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  const first = source.next();
  first.catch(() => undefined); // Whoever iterates hears of it; perhaps nobody comes to that.
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
