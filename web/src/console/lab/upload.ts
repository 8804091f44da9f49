/// Posts a file as it is and tells how much of it has gone: `fetch` cannot say that.
import { deviceId } from '../../api/device'
import { type Problem, problemOf, Unreachable } from '../../api/problem'

/** 20,000 rows on a busy day; a shorter time would break off what the server is recording. */
const TIMEOUT_MS = 180_000

export interface Upload {
  bytes: ArrayBuffer
  /** Media type. */
  type: string
  token: string | null
  idempotencyKey: string
  /** Bytes sent so far. */
  onSent: (bytes: number) => void
}

async function refusal(xhr: XMLHttpRequest): Promise<Problem> {
  const wait = xhr.getResponseHeader('retry-after')
  return problemOf(new Response(xhr.responseText, { status: xhr.status, headers: wait ? { 'retry-after': wait } : {} }))
}

function headersOf({ type, token, idempotencyKey }: Upload): Record<string, string> {
  return {
    Accept: 'application/json',
    'Content-Type': type,
    'Idempotency-Key': idempotencyKey,
    'Yimatong-Attempt': '1',
    'Yimatong-Device': deviceId(),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  }
}

/** JSON answer; throws `Problem` or `Unreachable`. Not tried again: a person presses again. */
export function postFile<T>(path: string, upload: Upload): Promise<T> {
  return new Promise((answer, refuse) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', path)
    xhr.timeout = TIMEOUT_MS
    for (const [name, value] of Object.entries(headersOf(upload))) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = ({ loaded }) => upload.onSent(loaded)
    xhr.upload.onload = () => upload.onSent(upload.bytes.byteLength)
    xhr.onerror = () => refuse(new Unreachable('network'))
    xhr.ontimeout = () => refuse(new Unreachable('timeout'))
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status > 299) return void refusal(xhr).then(refuse, refuse)
      try {
        answer(JSON.parse(xhr.responseText) as T)
      } catch (error) {
        refuse(new Unreachable(String(error)))
      }
    }
    xhr.send(upload.bytes)
  })
}
