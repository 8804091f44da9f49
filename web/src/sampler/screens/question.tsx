/// What stops the table: a refusal or a question, with buttons for a thumb in a glove.
import type { ComponentChildren } from 'preact'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { useValue } from '../../ui/value'
import { reasonText } from '../../trust/reason_texts'
import type { Finding } from '../rules/findings'
import type { Shown } from '../shown'
import type { Table } from '../table'
import { t } from '../text/table'
import { findingText, hourMinute, personName } from '../words'
import './question.css'

type Of<K extends Shown['kind']> = Extract<Shown, { kind: K }>

interface SheetProps {
  tone: 'refuse' | 'ask'
  kind: string
  title: string
  onClose: () => void
  children: ComponentChildren
}

function Sheet({ tone, kind, title, onClose, children }: SheetProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div class={`question ${tone} stack`} data-test="question" data-tone={tone} data-kind={kind}>
        {children}
      </div>
    </Dialog>
  )
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul class="findings" data-test="findings" data-codes={findings.map(({ code }) => code).join(' ')}>
      {findings.map((finding) => (
        <li key={finding.code} class={finding.weight}>
          <Icon name={finding.weight === 'refuse' ? 'cross' : finding.weight === 'ask' ? 'alert' : 'info'} />
          <span>{findingText(finding)}</span>
        </li>
      ))}
    </ul>
  )
}

function PersonSheet({ table, shown }: { table: Table; shown: Of<'person'> }) {
  const { candidate, findings, final } = shown
  const has = (code: Finding['code']) => findings.some((finding) => finding.code === code)
  const single = has('needs-single') || (has('colour-red') && !final)
  const close = () => table.dismiss()
  return (
    <Sheet tone={final ? 'refuse' : 'ask'} kind="person" title={t(final ? 'refuseTitle' : 'askTitle')} onClose={close}>
      <p class="said-name">
        {personName(candidate.label)} <span class="tail">{candidate.label.tail}</span>
      </p>
      <Findings findings={final ? findings.filter(({ weight }) => weight !== 'note') : findings} />
      {has('unknown-code') && (
        <Button look="primary" onClick={() => table.openForm()} data-test="go-by-document">
          {t('goByDocument')}
        </Button>
      )}
      {has('tube-full') && (
        <Button look="primary" onClick={() => void table.seal()} data-test="seal-now">
          {t('sealNow')}
        </Button>
      )}
      {single && (
        <Button look="primary" onClick={() => table.holdForSingle()} data-test="use-single">
          {t('useSingle')}
        </Button>
      )}
      {!final && (
        <Button look={single ? 'plain' : 'primary'} onClick={() => void table.takeAnyway()} data-test="take-anyway">
          {t('takeAnyway')}
        </Button>
      )}
      <Button onClick={close} data-test="dismiss">
        {t(final ? 'next' : 'dontTake')}
      </Button>
    </Sheet>
  )
}

function BadCode({ table, shown }: { table: Table; shown: Of<'bad-code'> }) {
  const [first] = shown.reasons
  const close = () => table.dismiss()
  return (
    <Sheet tone="refuse" kind="bad-code" title={t('badCode')} onClose={close}>
      <ul class="findings" data-test="reasons" data-codes={shown.reasons.join(' ')}>
        {shown.reasons.map((reason) => (
          <li key={reason} class="refuse">
            <Icon name="cross" />
            <span>{first === 'unsupported' ? t('foreignCode') : reasonText(reason)}</span>
          </li>
        ))}
      </ul>
      <p>{t('badCodeHint')}</p>
      <Button look="primary" onClick={() => table.openForm()} data-test="go-by-document">
        {t('goByDocument')}
      </Button>
      <Button onClick={close} data-test="dismiss">
        {t('next')}
      </Button>
    </Sheet>
  )
}

function Used({ table, shown }: { table: Table; shown: Of<'used'> }) {
  const { tube, people, sealedMs, sealSent, box } = shown.tube
  const close = () => table.dismiss()
  return (
    <Sheet tone="refuse" kind="used" title={t('usedTitle')} onClose={close}>
      <p>{t('used', { tube, people, time: hourMinute(sealedMs ?? 0) })}</p>
      {!sealSent && box === undefined && (
        <>
          <p>{t('usedReopen')}</p>
          <Button onClick={() => void table.resume(tube)} data-test="reopen">
            {t('reopen')}
          </Button>
        </>
      )}
      <Button look="primary" onClick={close} data-test="dismiss">
        {t('ok')}
      </Button>
    </Sheet>
  )
}

function Switch({ table, shown }: { table: Table; shown: Of<'switch'> }) {
  const { open, next } = shown
  return (
    <Sheet tone="ask" kind="switch" title={t('switchTitle')} onClose={() => table.dismiss()}>
      <p>{t('switchBody', { open: open.tube, people: open.people, size: open.size, next })}</p>
      <Button look="primary" onClick={() => void table.switchTube(true)} data-test="seal-and-next">
        {t('sealAndNext')}
      </Button>
      <Button onClick={() => void table.switchTube(false)} data-test="set-aside">
        {t('setAside')}
      </Button>
      <Button onClick={() => table.dismiss()} data-test="dismiss">
        {t('cancel')}
      </Button>
    </Sheet>
  )
}

function Told({ table, kind, title, text }: { table: Table; kind: string; title: string; text: string }) {
  return (
    <Sheet tone="refuse" kind={kind} title={title} onClose={() => table.dismiss()}>
      <p>{text}</p>
      <Button look="primary" onClick={() => table.dismiss()} data-test="dismiss">
        {t('ok')}
      </Button>
    </Sheet>
  )
}

export function Question({ table }: { table: Table }) {
  const shown = useValue(table.shown)
  if (shown?.kind === 'person') return <PersonSheet table={table} shown={shown} />
  if (shown?.kind === 'bad-code') return <BadCode table={table} shown={shown} />
  if (shown?.kind === 'used') return <Used table={table} shown={shown} />
  if (shown?.kind === 'switch') return <Switch table={table} shown={shown} />
  if (shown?.kind === 'no-tube') return <Told table={table} kind="no-tube" title={t('noTube')} text={t('noTubeHint')} />
  if (shown?.kind === 'not-saved') return <Told table={table} kind="not-saved" title={t('notSaved')} text={t('notSavedHint')} />
  if (shown?.kind === 'bad-barcode') {
    const text = t(`barcode-${shown.error}`, { text: shown.text.slice(0, 40) })
    const isId = shown.error === 'id-check-digit' || shown.error === 'id-digit-missing'
    return <Told table={table} kind="bad-barcode" title={t(isId ? 'misreadId' : 'badBarcode')} text={text} />
  }
  return null
}
