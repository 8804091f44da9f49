/// Receives boxes and tubes: the box is scanned, then its tubes; what is missing and what came unsent is seen at once.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useRequest } from '../request'
import { ScanForm } from '../sampling/scan_form'
import type { ReceivedBox } from '../sampling/types'
import { client } from '../session'
import { l } from '../text/lab'
import { BoxDesk } from './box_desk'

/** A box being unpacked; `null` = loose tubes. */
type Opened = { box: ReceivedBox | null }

export function Receive() {
  const [opened, setOpened] = useState<Opened | null>(null)
  const [isNext, setIsNext] = useState(false)
  const { busy, error, run } = useRequest()
  const open = async (code: string) => {
    const box = await run(() => client.post<ReceivedBox>(`/v1/boxes/${code}/receive`, {}))
    if (box) setOpened({ box })
  }
  const scan = (code: string): string | null => {
    void open(code)
    return null
  }
  const close = () => {
    setOpened(null)
    setIsNext(true)
  }
  if (opened) return <BoxDesk key={opened.box?.box ?? ''} first={opened.box} onClose={close} />
  return (
    <section class="card stack" data-test="receive">
      <ScanForm id="box-code" label={l('boxScan')} button={l('openBox')} busy={busy} onScan={scan} test="scan-box" isFocused={isNext} />
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <div class="buttons">
        <Button look="link" onClick={() => setOpened({ box: null })} data-test="no-box">
          {l('noBox')}
        </Button>
      </div>
    </section>
  )
}
