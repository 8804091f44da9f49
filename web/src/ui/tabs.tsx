/// Tabs by the WAI-ARIA pattern: arrow keys move, one stop in the tab order.
interface Props<V extends string> {
  label: string
  value: V
  items: readonly (readonly [V, string])[]
  onValue: (value: V) => void
}

export function Tabs<V extends string>({ label, value, items, onValue }: Props<V>) {
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (!step) return
    const at = items.findIndex(([item]) => item === value)
    const next = items[(at + step + items.length) % items.length]
    if (!next) return
    onValue(next[0])
    document.getElementById(`tab-${next[0]}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {items.map(([item, text]) => (
        <button
          key={item}
          id={`tab-${item}`}
          type="button"
          role="tab"
          aria-selected={item === value}
          tabIndex={item === value ? 0 : -1}
          onClick={() => onValue(item)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
