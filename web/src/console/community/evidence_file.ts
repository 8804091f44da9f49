/// An uploaded file as the page may show it: only what it really is, and never as a document of this site.

/** Images are drawn, a PDF is only offered as a download, anything else is refused. */
export type EvidenceFile = { show: 'image' | 'pdf'; blob: Blob } | { show: 'bad' }

const BEGINNINGS: Record<string, readonly number[]> = {
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

export function evidenceFile(mediaType: string, base64: string): EvidenceFile {
  const bytes = bytesOf(base64)
  const beginning = BEGINNINGS[mediaType]
  if (!bytes || !beginning || !beginning.every((byte, i) => bytes[i] === byte)) return { show: 'bad' }
  if (mediaType === 'application/pdf') {
    // Saved, never opened in a tab: a PDF reader of this origin would be trusted by it.
    return { show: 'pdf', blob: new Blob([bytes], { type: 'application/octet-stream' }) }
  }
  return { show: 'image', blob: new Blob([bytes], { type: mediaType }) }
}
