/// localStorage and its events for tests without a browser; several module graphs play several tabs.

export class BrowserMemory {
  private readonly texts = new Map<string, string>()
  private readonly heard: ((event: { key: string }) => void)[] = []

  /** What a page sees as `localStorage`; its own changes are told to the other tabs. */
  readonly storage = {
    getItem: (key: string) => this.texts.get(key) ?? null,
    setItem: (key: string, text: string) => {
      this.texts.set(key, text)
      this.tell(key)
    },
    removeItem: (key: string) => {
      this.texts.delete(key)
      this.tell(key)
    },
  }

  /** What a page sees as `addEventListener`. A page also hears itself, which changes nothing for it. */
  readonly listen = (type: string, hear: (event: { key: string }) => void) => {
    if (type === 'storage') this.heard.push(hear)
  }

  private tell(key: string): void {
    for (const hear of this.heard) hear({ key })
  }
}
