/// The official proof of a result, on screen and on A4 paper, in both languages: its QR is the certificate itself.
import type { Proof } from '../../api/resident'
import type { DocumentKind } from '../../api/types'
import { fill } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import '../../ui/paper.css'
import { type Ecc, Qr } from '../../ui/qr'
import { dictionary as forms } from '../text/forms'
import { dictionary, p, type ProofKey } from '../text/proof'
import { correctionText } from './correction'
import './proof.css'

/** Quarter of the symbol may be lost: paper is folded. The level that EU certificates ask for. */
export const PROOF_ECC: Ecc = 'Q'

/** Both languages, Chinese first: who checks it may not read the holder's. */
function both(key: ProofKey): string {
  return `${dictionary.zh[key]} ${dictionary.en[key]}`
}

function kindText(kind: string): string {
  const key = kind as DocumentKind
  return forms.zh[key] ? `${forms.zh[key]} ${forms.en[key]}` : kind
}

function Row({ title, value, test }: { title: ProofKey; value: string; test?: string }) {
  return (
    <div>
      <dt>
        {dictionary.zh[title]} <span lang="en">{dictionary.en[title]}</span>
      </dt>
      <dd data-test={test}>{value}</dd>
    </div>
  )
}

function Rows({ proof }: { proof: Proof }) {
  const { result } = proof
  const time = (text: string) => dateTime(Date.parse(text))
  return (
    <dl>
      <Row title="name" value={proof.name} test="proof-name" />
      <Row title="document" value={kindText(proof.documentKind)} />
      <Row title="tail" value={proof.documentTail} />
      <Row title="method" value={both(result.method)} />
      <Row title="tube" value={both(result.tube)} />
      <Row title="sampled" value={time(result.sampled)} test="proof-sampled" />
      <Row title="received" value={time(result.received)} />
      <Row title="reported" value={time(result.reported)} />
      {result.site && <Row title="site" value={result.site} />}
      <Row title="institution" value={result.institution} />
      <Row title="issued" value={time(proof.issuedAt)} />
      <Row title="number" value={proof.certificateId} test="proof-number" />
    </dl>
  )
}

export function ProofSheet({ proof }: { proof: Proof }) {
  const { city, result, keyId } = proof
  return (
    <section class={result.corrected ? 'sheet proof corrected' : 'sheet proof'} data-test="proof-sheet">
      <h2>
        {fill(dictionary.zh.head, { city: city.nameZh })}
        <small lang="en">{fill(dictionary.en.head, { city: city.nameEn })}</small>
      </h2>
      <p class="proof-outcome" data-test="proof-outcome">
        {both(result.outcome)}
      </p>
      {result.corrected && (
        <p class="correction" data-test="proof-corrected">
          {correctionText(result, 'zh')} <span lang="en">{correctionText(result, 'en')}</span>
        </p>
      )}
      <Rows proof={proof} />
      <Qr text={proof.certificate} ecc={PROOF_ECC} label={p('qrLabel', { name: proof.maskedName })} />
      <p class="check">{dictionary.zh.verify}</p>
      <p lang="en">{dictionary.en.verify}</p>
      <small>
        {both('key')} {keyId}
      </small>
    </section>
  )
}
