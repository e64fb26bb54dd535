// A stream as a whole, as far as it may be long: whoever sends more is broken off.

export async function readAll(
  stream: AsyncIterable<Uint8Array>,
  { longestBytes, tooLong }: { readonly longestBytes: number; readonly tooLong: () => Error },
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of stream) {
    sizeBytes += chunk.length
    if (sizeBytes > longestBytes) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
