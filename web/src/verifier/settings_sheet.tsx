/// Settings: the venue's rule, how this device behaves, certificates of foreign issuers, who is on duty.
import { useState } from 'preact/hooks'
import { certificatesOf } from '../credential/der'
import { dayTime } from '../i18n/time'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { useValue } from '../ui/value'
import type { Gate } from './gate'
import { t } from './texts'

const HOURS = ['0', '24', '48', '72'] as const
const RETURN_SECONDS = ['2', '4', '8', '0'] as const

function RuleSettings({ gate }: { gate: Gate }) {
  const rule = useValue(gate.settings.rule)
  const set = (change: Partial<typeof rule>) => void gate.settings.setRule({ ...rule, ...change })
  return (
    <fieldset class="stack">
      <legend>{t('ruleTitle')}</legend>
      <Select
        id="rule-test"
        label={t('ruleTest')}
        value={String(rule.requireNegativeWithinH ?? 0) as (typeof HOURS)[number]}
        options={HOURS.map((hours) => [hours, hours === '0' ? t('ruleNoTest') : t('ruleHours', { hours })] as const)}
        onValue={(hours) => set({ requireNegativeWithinH: Number(hours) || null })}
      />
      <Select
        id="rule-reference"
        label={t('ruleReference')}
        value={rule.testReference}
        options={[
          ['sampled', t('sampled')],
          ['reported', t('reported')],
        ]}
        onValue={(testReference) => set({ testReference })}
      />
      <Select
        id="rule-yellow"
        label={t('ruleYellow')}
        value={rule.yellow}
        options={[
          ['refuse', t('refuse')],
          ['check-by-hand', t('byHandOption')],
        ]}
        onValue={(yellow) => set({ yellow })}
      />
      <Select
        id="rule-foreign"
        label={t('ruleForeign')}
        value={rule.foreignProof}
        options={[
          ['negative', t('foreignNegative')],
          ['genuine', t('foreignGenuine')],
        ]}
        onValue={(foreignProof) => set({ foreignProof })}
      />
    </fieldset>
  )
}

function DeviceSettings({ gate }: { gate: Gate }) {
  const behaviour = useValue(gate.settings.behaviour)
  const set = (change: Partial<typeof behaviour>) => void gate.settings.setBehaviour({ ...behaviour, ...change })
  return (
    <fieldset class="stack">
      <legend>{t('deviceTitle')}</legend>
      <Select
        id="return-after"
        label={t('returnAfter')}
        value={String(behaviour.returnAfterS) as (typeof RETURN_SECONDS)[number]}
        options={RETURN_SECONDS.map(
          (seconds) => [seconds, seconds === '0' ? t('returnNever') : t('returnSeconds', { seconds })] as const,
        )}
        onValue={(seconds) => set({ returnAfterS: Number(seconds) })}
      />
      <Checkbox id="sound" checked={behaviour.sound} onValue={(sound) => set({ sound })}>
        {t('soundOption')}
      </Checkbox>
      <Checkbox id="vibration" checked={behaviour.vibration} onValue={(vibration) => set({ vibration })}>
        {t('vibrationOption')}
      </Checkbox>
    </fieldset>
  )
}

function Certificates({ gate }: { gate: Gate }) {
  const { foreign } = useValue(gate.trust.data)
  const [bad, setBad] = useState(false)
  const add = async (files: FileList | null) => {
    setBad(false)
    try {
      for (const file of files ?? []) {
        const found = certificatesOf(new Uint8Array(await file.arrayBuffer()))
        if (found.length === 0) throw new Error('no certificate')
        await gate.trust.addCertificates(found)
      }
    } catch {
      setBad(true)
    }
  }
  return (
    <div class="field">
      <label for="certificates">{t('certificates')}</label>
      <input
        id="certificates"
        type="file"
        multiple
        accept=".pem,.cer,.crt,.der"
        onChange={(event) => void add(event.currentTarget.files)}
      />
      <p class="hint">{t('certificatesKnown', { count: foreign.size })}</p>
      {bad && <Notice tone="bad">{t('certificatesBad')}</Notice>}
    </div>
  )
}

function Duty({ gate, onLogin }: { gate: Gate; onLogin: () => void }) {
  const session = useValue(gate.settings.session)
  const { listsAtMs } = useValue(gate.trust.data)
  const leave = async () => {
    await gate.client.delete('/v1/staff/session').catch(() => undefined)
    await gate.settings.setSession(null)
  }
  return (
    <fieldset class="stack">
      <legend>{t('dutyTitle')}</legend>
      <p>
        {session ? session.staff.name : t('offlineUse')} · {t('lastUpdate')}{' '}
        {listsAtMs === null ? t('none') : dayTime(listsAtMs)}
      </p>
      <div class="sheet-actions">
        <Button onClick={() => void gate.trust.refresh()}>{t('refreshNow')}</Button>
        {session ? (
          <Button look="danger" onClick={() => void leave()} data-test="log-out">
            {t('logOut')}
          </Button>
        ) : (
          <Button onClick={onLogin}>{t('login')}</Button>
        )}
      </div>
    </fieldset>
  )
}

export function SettingsSheet({ gate, onClose, onLogin }: { gate: Gate; onClose: () => void; onLogin: () => void }) {
  return (
    <Dialog title={t('settings')} onClose={onClose}>
      <div class="stack settings">
        <RuleSettings gate={gate} />
        <DeviceSettings gate={gate} />
        <Certificates gate={gate} />
        <Duty gate={gate} onLogin={onLogin} />
        <Button look="primary" onClick={onClose} data-test="close-settings">
          {t('close')}
        </Button>
      </div>
    </Dialog>
  )
}
