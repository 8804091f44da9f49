/// Language switch and large type: the two settings every page offers at the top.
import { signal } from '@preact/signals-core'
import { lang, setLang } from '../i18n/lang'
import { useValue } from './value'

const STORED = 'yimatong-large'

function remembered(): boolean {
  try {
    return localStorage.getItem(STORED) === '1'
  } catch {
    return false
  }
}

/** 大字版 in use. */
export const large = signal(remembered())

function setLarge(next: boolean): void {
  large.value = next
  document.documentElement.classList.toggle('large', next)
  try {
    localStorage.setItem(STORED, next ? '1' : '0')
  } catch {
    // Only the memory is lost.
  }
}

/** Puts both remembered settings on the document; the first render may wait for it. */
export function applyComfort(): Promise<void> {
  setLarge(large.value)
  return setLang(lang.value)
}

export function Comfort() {
  const zh = useValue(lang) === 'zh'
  const big = useValue(large)
  return (
    <div class="comfort">
      <button type="button" aria-pressed={big} onClick={() => setLarge(!big)} data-test="large-type">
        {zh ? '大字版' : 'Large type'}
      </button>
      <button type="button" lang={zh ? 'en' : 'zh-CN'} onClick={() => void setLang(zh ? 'en' : 'zh')} data-test="language">
        {zh ? 'English' : '中文'}
      </button>
    </div>
  )
}
