/// zlib (RFC 1950) with a ceiling: a short input must not become a large output.
import { type Bytes, FormatError, concat } from './bytes'

/** Inflates zlib data; throws {@link FormatError} on bad data or as soon as more than `maxBytes` come out. */
export async function inflate(data: Bytes, maxBytes: number): Promise<Bytes> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate'))
  const reader = stream.getReader()
  const parts: Bytes[] = []
  let total = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new FormatError('zlib: bad data')
    })
    if (done) return concat(parts)
    total += value.length
    if (total > maxBytes) {
      // Not awaited: the stream may never settle, and nothing more is wanted from it.
      void reader.cancel().catch(() => undefined)
      throw new FormatError('zlib: too much data')
    }
    parts.push(value as Bytes)
  }
}
