/// Offers a text made on this page as a file.

export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the blob over by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
